"""CPU seconds of starting the command, above a bare interpreter: python benchmarks/startup.py [REPEATS]"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

SCENARIO = str(Path(__file__).parents[1] / "scenarios" / "colombia_israel_2023.yaml")
SMALL = str(Path(__file__).parents[1] / "tests" / "scenarios" / "valid" / "smallest.yaml")
LIMIT = 0.4  # CPU seconds above a bare interpreter, for the commands marked so
COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "--help": ["-m", "armsim", "--help"],
    "run --help": ["-m", "armsim", "run", "--help"],
    "validate, smallest file": ["-m", "armsim", "validate", SMALL],
    "validate, main case": ["-m", "armsim", "validate", SCENARIO],
    "explain, main case": ["-m", "armsim", "explain", SCENARIO],
    "schema": ["-m", "armsim", "schema"],
    "run --dry-run, main case": ["-m", "armsim", "run", "--dry-run", SCENARIO],
}


def cpu_seconds(arguments: list[str]) -> float:
    """User and system time of one process."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Every command in turn, so that a busy moment of the machine touches all of them."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(repeats + 1):
        for name, arguments in COMMANDS.items():
            seconds[name].append(cpu_seconds(arguments))
    medians = {name: statistics.median(values[1:]) for name, values in seconds.items()}  # the first fills caches
    bare = medians["bare interpreter"]
    print(f"median CPU seconds of {repeats}, Python {sys.version.split()[0]}")
    print(f"{'':28}{'seconds':>9}{'above bare':>12}{'times bare':>12}{'of ' + str(LIMIT) + ' s':>11}")
    for name, median in medians.items():
        print(f"{name:28}{median:9.3f}{median - bare:12.3f}{median / bare:12.1f}{(median - bare) / LIMIT:11.0%}")


if __name__ == "__main__":
    main()
