"""Write docs/new_case.md, how a new case is made, from the templates and two cases: python docs/write_new_case.py"""

from __future__ import annotations

import difflib
from pathlib import Path

from armsim.scenario.init import template_text

FOLDER = Path(__file__).parent
PAGE, SCENARIOS = FOLDER / "new_case.md", FOLDER.parent / "scenarios"
#: The two cases and the template each was made from.
CASES = {"zimbabwe_hawk_2000": "parts", "iraq_m1a1_2017": "people"}
ABOUT = {
    "zimbabwe_hawk_2000": """\
One date of an embargo, two counts and one sentence about parts by way of Kenya are all that is known. Hours, stock \
and lives of parts were not found: the template's wide ranges stand, with the stock halved because ten Hawks fly \
about half of the hours it is for.""",
    "iraq_m1a1_2017": """\
The month in which the maintainers left and one count are known. Who does how much of the work was not found, so the \
template's 20% stands as judgement; its variants `locals_do_half` and `only_they_can` show what hangs on it.""",
}
HEAD = """\
# A new case from a template

<!-- Written by `python docs/write_new_case.py`. Edit that file, not this one. -->

A new case is one YAML file. No code is touched: the diffs below are all that two cases needed.

1. **Ask what would ground them.** People who leave: weeks. Overhauls that fall due: years, by the calendar. Parts \
that run out: years, by stock. Then `armsim init my_case --template people`, `overhaul` or `parts`: under 80 lines.
2. **Fill in the facts.** `grep -n "FILL IN" my_case.yaml` lists the lines. Put in the fact, name its source under \
`sources` with its grade, delete the mark. Not found? Write `source: judgement` with `low` and `high` as far apart \
as you are unsure, and say so in a `note`. Every other number is a judged range for an ordinary fleet, and may stay.
3. **Check.** `armsim validate my_case.yaml` tells every problem at its line. `armsim explain my_case.yaml` tells the \
model back in words and counts the numbers by grade. `grep -n replace_me my_case.yaml` must find nothing.
4. **Write down what you expect** and why, before you run it. Without that a hit proves nothing.
5. **Run.** `armsim run my_case.yaml --runs 20`, later with more. The fleet without the halt should look like forces \
in peace, about 60 to 80% mission capable; where it does not, look at hours, upkeep and stock, never at what was seen \
later.
6. **Back-test.** Put what was seen under `observations`: a flypast is a lower bound (`low: 4`), a date has the \
precision it has. `scored: false` where a row is no fair test: an input rests on it, or it mixes in something left \
out. Then `armsim backtest my_case.yaml`, and `--mechanisms` to see whether a rival does as well.

More detail of a type of aircraft: [scenarios/library](../scenarios/library/README.md). The language: \
[language.md](language.md).
"""


def diff(case: str) -> str:
    """What was changed from the template to the case, as a unified diff."""
    before = template_text(CASES[case]).splitlines()
    after = (SCENARIOS / f"{case}.yaml").read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, after, f"{CASES[case]}.yaml (template)", f"{case}.yaml", n=0, lineterm="")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for case, template in CASES.items():
        parts.append(f"## From `{template}` to [{case}](../scenarios/{case}.yaml)\n")
        parts.append(ABOUT[case] + "\n")
        parts.append(f"```diff\n{diff(case)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
