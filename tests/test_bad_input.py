"""Hostile files, folders that cannot be written and damaged results: a clear message, a code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armsim.cli import main

VALID = Path(__file__).parent / "scenarios" / "valid"
SMALLEST = str(VALID / "smallest.yaml")
HEAD = b"armsim: 1\nname: x\n"
#: 300 MiB of address space and 5 s of processor time: above what is needed, far below what an attack takes.
LIMITED = ["sh", "-c", 'ulimit -v 307200 -t 5; exec "$@"', "sh", sys.executable, "-m", "armsim"]

FILES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 3, "is empty"),
    "100 MB": (b"a: b\n" * 20_000_000, 5, "larger than the limit"),
    "100,000 closed brackets": (b"a: " + b"[" * 100_000 + b"]" * 100_000, 3, "nested deeper"),
    "100,000 open brackets": (b"a: " + b"[" * 100_000, 3, "nested deeper"),
    "100,000 open braces": (b"{a: " * 100_000, 3, "nested deeper"),
    "alias bomb": (
        HEAD + b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
        3,
        "anchor",
    ),
    "5,000 digits": (HEAD + b"runs: {seed: " + b"9" * 5000 + b"}\n", 3, "more than 18 digits"),
    "5,000 digits in an exponent": (HEAD + b"runs: {seed: 1e" + b"9" * 5000 + b"}\n", 3, "too large"),
    "not a number": (HEAD + b"runs: {seed: .nan}\n", 3, "not a finite number"),
    "control characters": (HEAD + b'title: "a\x1b[31m b"\n', 3, "U+001B"),
    "direction-changing characters": (HEAD + "title: a\u202eb\n".encode(), 3, "U+202E"),
    "Latin-1": (HEAD + "title: café\n".encode("latin-1"), 3, "not UTF-8"),
    "zeros": (b"\0" * 1000, 3, "UTF-16"),
    "text": (b"just text", 3, "text"),
    "one long value": (HEAD + b"title: " + b"x" * 1_500_000, 3, "missing"),
    "150,000 keys": (b"".join(b"k%d: 1\n" % n for n in range(150_000)), 3, "more than 200,000 values"),
}


def limited(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*LIMITED, *map(str, arguments)], capture_output=True, timeout=60)


@pytest.mark.parametrize("what", FILES)
def test_a_hostile_file_gets_a_clear_message_in_little_time_and_memory(what: str, tmp_path: Path) -> None:
    content, code, said = FILES[what]
    (tmp_path / "x.yaml").write_bytes(content)
    ended = limited("validate", tmp_path / "x.yaml")
    told = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == code and said in told, told[:500]
    assert "Traceback" not in told and len(told) < 50_000
    assert "\x1b" not in told and "\u202e" not in told


@pytest.fixture
def armsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command in this process: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> tuple[Any, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


@pytest.mark.parametrize("command", ["validate", "explain", "show", "run"])
@pytest.mark.parametrize(
    "file, said",
    [
        ("missing.yaml", "no file"),
        (".", "directory"),
        ("pipe", "pipe"),
        ("/dev/zero", "device"),
        ("x" * 5000, "name too long"),
        ("", "no file"),
    ],
    ids=["missing", "directory", "FIFO", "device", "long name", "empty name"],
)
def test_what_cannot_be_read_ends_with_5(command: str, file: str, said: str, armsim: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code, out, err = armsim(command, file)
    assert (code, out) == (5, "") and said in err.lower()


def test_a_file_that_may_not_be_read_ends_with_5(armsim: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("armsim: 1")
    secret.chmod(0)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read everything")
    assert armsim("run", secret)[0] == 5


def test_all_problems_of_a_scenario_are_told_at_once_and_nothing_is_written(armsim: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(Path(SMALLEST).read_text().replace("count: 3", "count: many").replace("0 days", "soon"))
    for command in ("run", "explain", "validate"):
        code, out, err = armsim(command, bad)
        assert code == 3 and "many" in out + err and "soon" in out + err and "2 errors" in out + err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


# Folders that cannot be written -----------------------------------------------------------------------


@pytest.mark.parametrize("command", [["run"], ["sweep", "--vary", "fleets.trucks.count=2,3"]], ids=["run", "sweep"])
@pytest.mark.parametrize("out", ["a_file", "a_file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_made_ends_with_5_before_anything_runs(
    command: list[str], out: str, armsim: Any, tmp_path: Path
) -> None:
    (tmp_path / "a_file").write_text("mine")
    code, said, err = armsim(command[0], SMALLEST, *command[1:], "--runs", "1", "--jobs", "1", "-o", out)
    assert (code, said) == (5, "") and "cannot write" in err and "runs" not in err
    assert (tmp_path / "a_file").read_text() == "mine"


def test_a_read_only_folder_ends_with_5(armsim: Any, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    if os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")
    assert armsim("run", SMALLEST, "--runs", "1", "-o", "locked")[0] == 5


def test_a_full_disk_ends_with_5_and_leaves_no_half_file(tmp_path: Path) -> None:
    full = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", sys.executable, "-m", "armsim"]
    arguments = ["run", SMALLEST, "--runs", "2", "--jobs", "1", "--quiet", "--no-figures", "-o", str(tmp_path / "o")]
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}  # nothing is compiled in the background
    ended = subprocess.run([*full, *arguments], capture_output=True, text=True, timeout=60, env=plain)
    assert ended.returncode == 5 and "cannot write" in ended.stderr and "too large" in ended.stderr
    assert "Traceback" not in ended.stderr and not list((tmp_path / "o").glob("*.part"))
    assert not (tmp_path / "o" / "run.json").exists()


# Damaged results --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a good run.json."""
    folder = tmp_path_factory.mktemp("good")
    with pytest.raises(SystemExit):
        main(["run", SMALLEST, "--runs", "2", "--jobs", "1", "--quiet", "--no-figures", "-o", str(folder)])
    return (folder / "run.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[str], str]:
    """A damage done to the record as data."""

    def damage(text: str) -> str:
        data = json.loads(text)
        change(data)
        return json.dumps(data)

    return damage


DAMAGES: dict[str, Callable[[str], str | bytes]] = {
    "empty": lambda text: "",
    "cut in half": lambda text: text[: len(text) // 2],
    "without its last sign": lambda text: text[:-1],
    "no JSON": lambda text: "readiness: high",
    "a list": lambda text: "[]",
    "a number": lambda text: "5",
    "100,000 brackets": lambda text: "[" * 100_000,
    "5,000 digits": lambda text: "9" * 5000,
    "Latin-1": lambda text: '{"é": 1}'.encode("latin-1"),
    "no run": changed(lambda data: data.pop("run")),
    "no seal": changed(lambda data: data.pop("seal")),
    "another format": changed(lambda data: data.update(format=99)),
    "a number altered": changed(lambda data: data["run"].update(seed=2)),
    "a variant taken out": changed(lambda data: data["run"]["variants"].clear()),
    "not finite": changed(lambda data: data["run"].update(seed=float("nan"))),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damaged_results_end_with_6_and_draw_nothing(what: str, record: str, armsim: Any, tmp_path: Path) -> None:
    damaged = DAMAGES[what](record)
    (tmp_path / "run.json").write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    code, out, err = armsim("plot", ".", "-o", "figures")
    assert (code, out) == (6, "") and "run.json" in err and "\n" not in err.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_without_results_ends_with_5(armsim: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.json")
    assert armsim("plot", ".")[0] == armsim("plot", "nowhere")[0] == 5
