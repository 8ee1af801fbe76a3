"""Figures drawn by two processes: the same files, no error lost, and no process left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from small import results

from armsim import cli
from armsim.errors import InputOutputError
from armsim.measures import Run
from armsim.report import figures
from armsim.report.artist import Artist, drawn_of
from armsim.report.figures import Page, pages_of, write_figures, write_page

BODY = "fleets: {jets: {count: 1}, tanks: {count: 2}}\nhalts: {stop: {kind: total, by: seller, from: @40}}\n"
PATIENCE = 60  # seconds for a process to start


@pytest.fixture(scope="module")
def run() -> Run:
    """A run with four pages."""
    return results(BODY, runs=2)


@pytest.fixture
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that this process draws, as they come."""
    drawn: list[str] = []

    def write(run: Run, folder: Path, page: Page, **looks: Any) -> list[Path]:
        drawn.append(page[2])
        return write_page(run, folder, page, **looks)

    monkeypatch.setattr(figures, "write_page", write)
    return drawn


def files(folder: Path) -> dict[str, bytes]:
    """What is in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("other", ["draws", "was ended", "is not ready"])
def test_two_processes_draw_what_one_does(run: Run, tmp_path: Path, drawn_here: list[str], other: str) -> None:
    with Artist() as artist:
        if other != "is not ready":
            assert artist.ours.poll(PATIENCE)
        if other == "was ended":
            artist.process.kill()
            artist.process.join()
        artist.begin(run, tmp_path / "two")()
    here = list(drawn_here)
    write_figures(run, tmp_path / "one")

    assert files(tmp_path / "two") == files(tmp_path / "one")
    assert (sorted(here) == sorted(name for _, _, name in pages_of(run))) == (other != "draws")
    assert other != "draws" or here[0] == "states_tanks"  # from the last one back


def test_pages_that_nobody_has_drawn_in_the_end_are_drawn_here(
    run: Run, tmp_path: Path, drawn_here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Artist() as artist:
        assert artist.ours.poll(PATIENCE)
        finish = artist.begin(run, tmp_path)
        artist.process.kill()  # perhaps with a page half done
        artist.process.join()
        artist.taken[0] = 3  # so many it had begun
        finish()

    assert sorted(drawn_here) == sorted(name for _, _, name in pages_of(run))


def test_what_cannot_be_written_is_told_by_this_process(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with Artist() as artist, pytest.raises(InputOutputError):
        assert artist.ours.poll(PATIENCE)
        artist.begin(run, tmp_path / "taken")()


def test_the_other_process_stops_where_this_one_began(run: Run, tmp_path: Path) -> None:
    taken = [0, 1]

    assert drawn_of(run, tmp_path, pages_of(run), taken) == {0}
    assert taken == [2, 1] and sorted(files(tmp_path)) == ["readiness_jets.png", "readiness_jets.svg"]


@pytest.mark.skipif(sys.platform == "win32", reason="a process there is ended in another way")
def test_the_other_process_ends_with_this_one_even_where_that_is_killed() -> None:
    """They share the output, which is at its end when both are."""
    text = (
        "import os\nfrom armsim.report.artist import Artist\nArtist()\n"
        "print('begun', flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, timeout=60, text=True)

    assert (ended.returncode, ended.stdout) == (-9, "begun\n")


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Ctrl-C cannot be held back on this system")
def test_ctrl_c_while_the_other_process_starts_is_left_to_this_one() -> None:
    text = (
        "import os, signal; from armsim.report.artist import Artist; artist = Artist(); "
        "os.kill(artist.process.pid, signal.SIGINT); print(artist.ours.poll(60) and artist.ours.recv())"
    )
    told = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)

    assert (told.stdout, told.stderr) == ("True\n", "")


def test_where_no_process_can_be_started_all_is_drawn_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(Artist, "__init__", fail)
    assert isinstance(cli.artist(True), nullcontext)


@pytest.mark.skipif(sys.platform == "win32", reason="a process there is ended in another way")
def test_a_process_that_gets_ready_for_nothing_is_ended() -> None:
    with Artist() as artist:
        pass

    assert artist.process.exitcode == -signal.SIGTERM


@pytest.mark.parametrize(
    "asked, starts",
    [
        (["--runs", "1000"], True),
        (["--runs", "999"], False),
        (["--worlds", "50", "--replications", "20"], True),
        (["--runs", "1000", "--no-figures"], False),
        (["--runs", "1000", "--dry-run"], False),
        (["--runs", "1000", "--json"], False),
        (["--runs", "1000", "--jobs", "1"], False),
    ],
)
def test_where_many_runs_are_asked_for_it_starts_before_the_file_is_read(
    asked: list[str], starts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[bool] = []
    monkeypatch.setattr(cli, "artist", lambda is_wanted: wanted.append(is_wanted) or nullcontext())

    with pytest.raises(SystemExit) as ended:
        cli.main(["run", str(tmp_path / "missing.yaml"), "--jobs", "2", *asked])
    assert (ended.value.code, wanted) == (InputOutputError.exit_code, [starts])
