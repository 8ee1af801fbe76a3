"""Write docs/assumptions.md from the register docs/assumptions.yaml: python docs/write_assumptions.py"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
REGISTER, PAGE = FOLDER / "assumptions.yaml", FOLDER / "assumptions.md"
DIRECTIONS = {"too_high": "too high", "too_low": "too low", "either": "either way"}
HEAD = """\
# Assumptions

<!-- Written by `python docs/write_assumptions.py` from assumptions.yaml. Edit that file, not this one. -->

What the rules of [model.md](model.md) take for granted and a user should know. Each entry says what happens to the \
answer where the assumption is wrong, and whether the model's readiness is then **too high**, **too low** or off \
**either way**. Tests named here show that the model acts on the assumption; none of them shows that the world does.
"""


def register() -> list[dict[str, Any]]:
    """The assumptions, in the order of the register."""
    entries: list[dict[str, Any]] = yaml.safe_load(REGISTER.read_text(encoding="utf-8"))
    return entries


def counts(entries: list[dict[str, Any]]) -> str:
    """How many assumptions err in which direction, as a sentence."""
    of = {key: sum(entry["direction"] == key for entry in entries) for key in DIRECTIONS}
    return (f"Of {len(entries)} assumptions {of['too_high']} make the model's readiness too high where they are wrong, "
            f"{of['too_low']} too low, {of['either']} either.\n")  # fmt: skip


def paragraph(entry: dict[str, Any]) -> str:
    """One assumption in Markdown."""
    direction = DIRECTIONS[entry["direction"]]
    lines = [f"**{entry['id']}** {entry['text']}", f"- *If wrong* ({direction}): {entry['effect']}"]
    if entry.get("tested"):
        lines.append("- *Tested*: " + ", ".join(f"[{test.partition('::')[2]}](../{test.partition('::')[0]})"
                                                for test in entry["tested"]) + ".")  # fmt: skip
    if entry.get("not_tested"):
        lines.append(f"- *{'Only in part' if entry.get('tested') else 'Not tested'}*: {entry['not_tested']}")
    lines.append(f"- *Rules*: {', '.join(entry['rules'])}.")
    return lines[0] + "\n\n" + "\n".join(lines[1:]) + "\n"


def page(entries: list[dict[str, Any]]) -> str:
    """The whole page: themes in the order in which they first come."""
    parts = [HEAD, counts(entries)]
    for theme in dict.fromkeys(entry["theme"] for entry in entries):
        parts.append(f"## {theme}\n")
        parts += [paragraph(entry) for entry in entries if entry["theme"] == theme]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(register()), encoding="utf-8")
