"""A new scenario file to start from, with the schema that lets an editor complete and check it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from armsim.errors import InputOutputError, UsageError, did_you_mean
from armsim.scenario.schema import schema

SCHEMA_FILE = "armsim.schema.json"
LONGEST_NAME = 60


def templates() -> tuple[str, ...]:
    """The names of the templates, in alphabetical order."""
    folder = files("armsim.scenario") / "templates"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def template_text(template: str) -> str:
    """The text of a template. Raises UsageError for an unknown one."""
    if template not in templates():
        raise UsageError(f"there is no template '{template}'; {did_you_mean(template, list(templates()))}")
    return (files("armsim.scenario") / "templates" / f"{template}.yaml").read_text(encoding="utf-8")


def init(name: str, folder: Path, template: str = "full") -> list[Path]:
    """The files written: `<name>.yaml` from a template, and the schema for editors beside it.

    Makes the folder when there is none; the schema is written anew. Raises UsageError for a name that cannot
    be a scenario's or an unknown template, InputOutputError when the file exists or cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > LONGEST_NAME:
        raise UsageError(
            f"'{name}' cannot be the name of a scenario: write lower-case letters, digits and underscores, "
            f"starting with a letter, at most {LONGEST_NAME}{suggested(name)}"
        )
    text = re.sub(r"(?m)^name: \w+", f"name: {name}", template_text(template), count=1)
    scenario_file, schema_file = Path(folder) / f"{name}.yaml", Path(folder) / SCHEMA_FILE
    try:
        scenario_file.parent.mkdir(parents=True, exist_ok=True)
        with scenario_file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
        schema_text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
        schema_file.write_text(schema_text, encoding="utf-8", newline="\n")
    except FileExistsError:
        raise InputOutputError(f"{scenario_file} is there already: take another name or move it") from None
    except OSError as error:
        raise InputOutputError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    return [scenario_file, schema_file]


def suggested(name: str) -> str:
    """', such as …' with a name near the one given, or nothing."""
    near = re.sub(r"[^a-z0-9]+", "_", name.lower().removesuffix(".yaml")).strip("_").lstrip("0123456789_")
    return f"; such as {near[:LONGEST_NAME]}" if near else ""
