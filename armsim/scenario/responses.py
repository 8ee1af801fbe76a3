"""What the recipient does about a halt: each kind of response, its settings and its words.

Common to all: a trigger (a date, so long after a halt, or a measure crossing a threshold), a delay, a
probability of success, and what it covers (MODEL section 7).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_serializer, model_validator

from armsim import units
from armsim.scenario.values import (
    DateValue,
    Described,
    Duration,
    Names,
    Number,
    PerYear,
    Share,
    Span,
    Trigger,
    Until,
    refused,
)

MODELLED = ("cannibalise", "fly_less", "other_source")
KNOWN = (*MODELLED, "repair_at_home", "extend_life", "train_crews", "stockpile", "defer", "harvest")
Kind = Literal[
    "cannibalise", "fly_less", "other_source", "repair_at_home", "extend_life", "train_crews",
    "stockpile", "defer", "harvest",
]  # fmt: skip

#: Settings that belong to one kind of response only.
OWN_SETTINGS = {
    "cannibalise": ("policy", "damage"),
    "fly_less": ("fly",),
    "other_source": ("items", "jurisdiction", "through", "capacity", "quality", "build_up", "retry", "price", "takes"),
}


class Response(Described):
    """A response of the recipient."""

    also_written: ClassVar[tuple[str, ...]] = ("starts",)

    kind: Kind
    active: bool = True
    fleets: Names = ()
    items: Names = ()
    from_: DateValue | None = Field(None, alias="from")
    after: str | None = Field(None, description="a halt whose beginning starts the clock of `delay`")
    when: Trigger | None = None
    delay: Span = Span.model_validate("0 days")
    until: Until | None = None
    until_when: Trigger | None = None
    succeeds: Share = Share(best=1.0)
    cost: Number | None = None

    policy: Literal["on_demand", "concentrate", "instant"] = "on_demand"
    damage: Share = Share(best=0.0)
    fly: Share | None = None
    jurisdiction: str | None = None
    through: Names = ()
    capacity: PerYear | None = None
    quality: Share = Share(best=1.0)
    build_up: Span | None = None
    takes: Duration | None = None
    retry: Span | None = None
    price: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, raw: Any) -> Any:
        """`starts: {best: 14 months, after: halt}` and `until: mc > 55% of authorised` are short forms."""
        if not isinstance(raw, dict):
            return raw
        fields = dict(raw)
        starts = fields.pop("starts", None)
        if starts is not None:
            if "after" in fields or "delay" in fields:
                raise refused("write 'starts', or 'after' and 'delay', not both", "starts")
            if isinstance(starts, dict):
                starts = dict(starts)
                fields["after"] = starts.pop("after", None)
            fields["delay"] = starts
        until = fields.get("until")
        if isinstance(until, str) and ("<" in until or ">" in until):
            fields["until_when"] = fields.pop("until")
        return fields

    @model_validator(mode="after")
    def _makes_sense(self) -> Response:
        triggers = [name for name in ("from_", "after", "when") if getattr(self, name) is not None]
        if len(triggers) > 1:
            raise refused("give one of 'from', 'after' and 'when'", triggers[1].rstrip("_"))
        if self.until_when is not None and self.when is None:
            raise refused("'until' a measure needs a 'when' with a measure", "until")
        if self.when is not None and self.until_when is not None:
            here, there = self.when, self.until_when
            if here.measure != there.measure or here.below == there.below:
                raise refused("'when' and 'until' must watch the same measure, one with < and one with >", "until")
        if self.kind == "fly_less" and self.fly is None:
            raise refused("fly_less needs 'fly', the share of the programme still flown, such as 70%")
        if self.kind == "other_source":
            if self.jurisdiction is None:
                raise refused("other_source needs 'jurisdiction': whose permission its exports need")
            if not self.items:
                raise refused("other_source needs 'items': what it can supply")
            if self.capacity is None:
                raise refused("other_source needs 'capacity', such as 4 per year")
            if self.capacity.ends[0] <= 0:
                raise refused("a capacity of zero supplies nothing: set active: false instead", "capacity")
        given = self.model_fields_set
        for kind, names in OWN_SETTINGS.items():
            strangers = sorted(given & set(names))
            if self.kind in MODELLED and kind != self.kind and strangers:
                wrong = [n for n in strangers if n not in OWN_SETTINGS[self.kind]]
                if wrong:
                    raise refused(f"'{wrong[0]}' belongs to {kind}, not to {self.kind}", wrong[0])
        if self.active and not triggers:
            raise refused("say when it begins: 'from' a date, 'after' a halt, or 'when' a measure crosses a threshold")
        return self

    @model_serializer(mode="wrap")
    def _own_settings(self, handler: Any) -> Any:
        """Without the settings of other kinds, which would be refused when read again."""
        others = {name for kind, names in OWN_SETTINGS.items() if kind != self.kind for name in names}
        return {key: value for key, value in handler(self).items() if key not in others}

    def words(self) -> str:
        """What it does, as a sentence part."""
        if self.kind == "fly_less" and self.fly is not None:
            return f"the flying programme is cut to {self.fly.middle:.0%}"
        if self.kind == "cannibalise":
            return "missing parts are taken from systems that are already down"
        if self.kind == "other_source" and self.capacity is not None:
            what = ", ".join(self.items)
            rate = units.format_per_year(self.capacity.middle)
            return f"another source supplies {what}, up to {rate}"
        return self.kind.replace("_", " ")
