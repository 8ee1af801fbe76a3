"""Write docs/verification.md from runs: python -m tests.verification.write [--share S] [--jobs N]

Takes about an hour of one processor; with --share 0.1 a tenth of it, by a tenth of the runs.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from armsim.version import VERSION

from .cases import CASES, FOLDER, LIMIT, Case, Comparison, expected, results, variants_of

PAGE = FOLDER.parents[1] / "docs" / "verification.md"
HEAD = """\
# Published and exact numbers

<!-- Written by `python -m tests.verification.write`. Change tests/verification, not this page. -->

Whole scenarios in the language of armsim, run by its engine, beside numbers that others worked out: closed forms, \
matrix exponentials of Markov chains, printed tables, other people's programs. They were computed \
elsewhere, by no code of armsim, so the two share nothing but the question; where they agree, the language, the \
compiler, the draws and the engine are right together. The scenarios are in \
[tests/verification](../tests/verification), each with its source and conventions in words, and all numbers in \
[expected.yaml](../tests/verification/expected.yaml). Ordinary tests make the same comparisons with fewer runs, \
`pytest -m slow tests/verification` makes them with so many runs that the share of aircraft up has a standard error of \
at most 0.002.

**z** is found − expected in standard errors of the simulation; every |z| must be at most 3.5. A number of a right \
engine misses by chance with probability 0.0005. A chance is held against the binomial law.

**What is read otherwise than in the source.** Where more units are owed than the fleet can lack, the source takes the \
fleet for empty. Here a demand that finds nothing fitted takes a unit off the books (R-O2), and the units that come go \
to whoever has waited longest, so a few aircraft may be up. It is too rare in these cases to be seen.
"""
#: What armsim cannot say, or what is no exact number.
NOT_EXPRESSED = {
    "P2, sixth stock": "One unit at the depot: METRIC is an approximation there, and the two bases share the item but "
                       "not its times and shares of repair",
    "Product form in F02": "An approximation of availability without cannibalization; the exact number is compared",
    "Q5": "M/M/15/15: demands that find nobody free are lost. In armsim they wait",
    "I5, I6": "EOQ with a supplier that stops at random: demand is deterministic and lost while the supplier is away, "
              "and orders are placed at zero stock only",
    "I7": "Newsvendor with disruptions: demand is 2000 in every period, and the supplier stops and restarts at random "
          "again and again. Halts in armsim have dates, and demand is by single units at random",
    "`batch` orders": "Orders held back that share one lead time: the language has no such clause, and the source "
                      "gives a closed form only",
}  # fmt: skip
WORDS = {
    "due_in": "due in", "owed": "owed", "up": "share up", "enough": "chance that enough are up", "met": "met a day",
    "none_down": "none down", "one_down": "one down", "two_down": "two down", "on_hand": "on hand",
    "empty": "share of time empty",
}  # fmt: skip

Results = list[Comparison]
Answers = dict[tuple[str, str | None], Results]


def worked_out(task: tuple[str, str | None, int]) -> Results:
    """The comparisons of one variant of a case."""
    name, variant, runs = task
    case = next(case for case in CASES if case.id == name)
    return results(case, variant, runs, f"page {name} {variant}")


def runs_of(case: Case, share: float) -> int:
    """So many runs are a share of the many, but not fewer than the ordinary tests take."""
    return max(case.few, round(case.many * share))


def all_results(share: float, jobs: int) -> Answers:
    """Every comparison, by case and variant; long ones first."""
    tasks = [(case.id, variant, runs_of(case, share)) for case in CASES for variant in variants_of(case)]
    tasks.sort(key=lambda task: task[0] not in ("F02", "F03"))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return {task[:2]: found for task, found in zip(tasks, pool.map(worked_out, tasks))}


def number(value: float) -> str:
    """A number with four figures or four places, whichever is less to read."""
    return f"{value:.4g}" if abs(value) >= 1 else f"{value:.4f}"


def signed(z: float) -> str:
    """A z with its sign."""
    return f"{z:+.1f}".replace("-", "−")


def worst(found: Results) -> float:
    """The largest |z|."""
    return max(abs(one.z) for one in found)


def words(name: str) -> str:
    """A quantity in words; with the letter of its item where it has one."""
    quantity, _, item = name.partition(" ")
    return WORDS.get(quantity, quantity) + (f", item {'abcdefgh'[int(item)]}" if item else "")


def overview(answers: Answers, share: float) -> list[str]:
    """A row for each case."""
    lines = ["## All cases", "", "| case | what | runs | numbers | largest \\|z\\| |", "|---|---|---|---|---|"]
    for case in CASES:
        found = [one for variant in variants_of(case) for one in answers[case.id, variant]]
        lines.append(f"| [{case.id}](../tests/verification/{case.id}.yaml) | {expected()[case.id]['title']} "
                     f"| {runs_of(case, share):,} | {len(found)} | {worst(found):.1f} |")  # fmt: skip
    return lines


def not_expressed() -> list[str]:
    """What of the sources is not compared, and why."""
    lines = ["", "## Not compared", "", "| case | why |", "|---|---|"]
    return lines + [f"| {name} | {why}. |" for name, why in NOT_EXPRESSED.items()]


def details(case: Case, answers: Answers, share: float) -> list[str]:
    """All numbers of a case."""
    entry = expected()[case.id]
    lines = ["", f"## {case.id}: {entry['title']}", "", f"Source: {' '.join(entry['source'].split())}. "
             f"{runs_of(case, share):,} runs.", ""]  # fmt: skip
    if "days" in entry:
        if "at_least" in entry:
            lines[-2] += f" Enough are {entry['at_least']} aircraft."
        lines[-2] += " Each cell: found / expected (z)."
    for variant in variants_of(case):
        if variant is not None:
            lines += [f"Variant `{variant}`:", ""]
        found = answers[case.id, variant]
        lines += by_day(entry["days"], found) if "days" in entry else in_rows(found)
        lines.append("")
    return lines[:-1]


def by_day(days: list[int], found: Results) -> list[str]:
    """A row for each quantity, a column for each day."""
    lines = ["| | " + " | ".join(f"day {day}" for day in days) + " |", "|---" * (len(days) + 1) + "|"]
    for name in dict.fromkeys(one.value.name for one in found):
        cells = [f"{number(one.found)} / {number(one.value.expected)} ({signed(one.z)})"
                 for one in found if one.value.name == name]  # fmt: skip
        lines.append(f"| {words(name)} | " + " | ".join(cells) + " |")
    return lines


def in_rows(found: Results) -> list[str]:
    """A row for each number."""
    lines = ["| | expected | found | standard error | z |", "|---|---|---|---|---|"]
    return lines + [f"| {words(one.value.name)} | {number(one.value.expected)} | {number(one.found)} | {one.error:.2g} "
                    f"| {signed(one.z)} |" for one in found]  # fmt: skip


def page(answers: Answers, share: float) -> str:
    """The whole page."""
    found = [one for each in answers.values() for one in each]
    beyond = sum(abs(one.z) > LIMIT for one in found)
    error = max(one.error for one in found if one.value.name == "up")
    said = (f"{len(found)} numbers of {len(CASES)} cases, armsim {VERSION}: the largest |z| is {worst(found):.1f}, and "
            f"{beyond or 'none'} is beyond {LIMIT}. The "
            f"share of aircraft up has a standard error of at most {error:.4f}.")  # fmt: skip
    lines = [HEAD, said, "", *overview(answers, share), *not_expressed()]
    for case in CASES:
        lines += details(case, answers, share)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the cases and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--share", type=float, default=1.0, help="share of the runs of the slow tests")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    PAGE.write_text(page(all_results(given.share, given.jobs), given.share), encoding="utf-8")


if __name__ == "__main__":
    main()
