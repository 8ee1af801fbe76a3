"""What README.md promises: its commands are those that are checked, and its example runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    """The fenced block after a marker, as .ci/run extracts it."""
    found: list[str] = []
    after, inside = False, False
    for line in README.splitlines():
        if line.strip() == f"<!-- {marker} -->":
            after = True
        elif after and line.startswith("```"):
            if inside:
                break
            inside = True
        elif inside:
            found.append(line)
    return "\n".join(found)


@pytest.mark.parametrize("marker", ["run command", "test command", "python example"])
def test_each_marked_block_is_there_once(marker):
    assert README.count(f"<!-- {marker} -->") == 1
    assert block(marker).strip()


def test_the_two_commands_are_one_line_each_and_stand_alone():
    for marker in ("run command", "test command"):
        command = block(marker)
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")


def test_the_run_command_runs_a_scenario_that_is_in_the_repository():
    (scenario,) = re.findall(r"armsim run (\S+)$", block("run command"))
    assert (ROOT / scenario).is_file()


def test_continuous_integration_runs_the_readmes_own_test_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (awk,) = re.findall(r"awk '([^']+)' README\.md", script)
    done = subprocess.run(["awk", awk, "README.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == block("test command")
    assert block("test command").endswith(".venv/bin/python -m pytest -n auto")


def test_every_link_to_a_file_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_python_example_runs_as_it_stands(tmp_path):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios", target_is_directory=True)
    code = block("python example")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.strip().endswith("2 points")
    assert (tmp_path / "kfir.png").read_bytes().startswith(b"\x89PNG")
