"""The keys and words of the language, read off its records, written as `generated.features` writes them.

So a key that is added to the language and never generated turns a test red.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from armsim.scenario.things import Due, Written
from armsim.scenario.values import EVIDENCE, Value

#: Keys that no engine sees, and `until_when`, which is written as `until`.
NOT_RUN = {"armsim", "name", "title", "question", "excludes", "runs", "observations", "sources", "months_from",
           "fit_until", "forecasts", "until_when", *EVIDENCE}  # fmt: skip
#: Read from a single word or a mapping: the word stands for the key.
ONE_WORD = {"halts.new_orders.value": "halts.new_orders"}


def keys_and_words(record: type[BaseModel] = Written, path: str = "") -> set[str]:
    """Every key of a record and of those in it, by path, and every word that may stand there."""
    found: set[str] = set()
    for name, field in record.model_fields.items():
        key = field.alias or name
        if key in NOT_RUN:
            continue
        here = f"{path}.{key}" if path else key
        here = ONE_WORD.get(here, here)
        found.add(here)
        for part in parts_of(field.annotation):
            if get_origin(part) is Literal:
                found |= {f"{here}={word}" for word in get_args(part) if isinstance(word, str)}
            elif part is not Due and not issubclass(part, Value):
                found |= keys_and_words(part, here)
    return found


def parts_of(annotation: Any) -> Iterator[Any]:
    """The records and choices of words in the type of a field."""
    if get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from parts_of(inner)


def due_forms() -> set[str]:
    """What a due form may say."""
    return {field.alias or name for name, field in Due.model_fields.items()} - set(EVIDENCE)
