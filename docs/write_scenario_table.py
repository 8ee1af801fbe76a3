"""Write the table of scenarios in README.md from the files in scenarios/: python docs/write_scenario_table.py"""

from __future__ import annotations

import re
from pathlib import Path

import armsim
from armsim.scenario.scenario import Scenario

ROOT = Path(__file__).parents[1]
README, SCENARIOS = ROOT / "README.md", ROOT / "scenarios"
BEGIN = "<!-- scenarios: written by `python docs/write_scenario_table.py` from the files -->"
END = "<!-- end of scenarios -->"
HEAD = """\
| scenario | question | period | fleets | halts | scored rows |
|---|---|---|---|---|---|"""


def cell(text: str) -> str:
    """Text that cannot break out of its cell."""
    return " ".join(text.replace("|", r"\|").split())


def name_of(scenario: Scenario, path: Path) -> str:
    """The name, linked to the file, and the page on the case where there is one."""
    about = f"docs/cases/{path.stem}.md"
    more = f" ([about]({about}))" if (ROOT / about).is_file() else ""
    return f"[{scenario.name}](scenarios/{path.name}){more}"


def row(path: Path) -> str:
    """One scenario: its first variant, which runs by default."""
    scenario = armsim.load(path)
    things = scenario.things
    halts = [(halt.title or name) + (" (also in the no-halt twin)" if halt.background else "")
             for name, halt in things.halts.items()]  # fmt: skip
    scored = sum(seen.is_scored(things.fit_until) for seen in things.observations)
    cells = [
        name_of(scenario, path),
        cell(f"{things.title}. {things.question or ''}"),
        f"{things.time.start:%Y-%m} to {things.time.end:%Y-%m}",
        cell("; ".join(fleet.title or name for name, fleet in things.fleets.items())),
        cell("; ".join(halts)) or "none",
        f"{scored} of {len(things.observations)}",
    ]
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The table between its markers; generic pieces are no scenarios of their own."""
    rows = [row(path) for path in sorted(SCENARIOS.glob("*.yaml"))]
    return "\n".join([BEGIN, HEAD, *rows, END])


def readme() -> str:
    """README.md with the table written anew."""
    text = README.read_text(encoding="utf-8")
    return re.sub(f"(?s){re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table(), text, count=1)


if __name__ == "__main__":
    README.write_text(readme(), encoding="utf-8")
