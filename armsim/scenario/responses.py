"""What the recipient does about a halt: each kind of response, its settings and its words.

Common to all: a trigger (a date, so long after a halt or its announcement, or a measure crossing a
threshold), a delay, a cost, a probability of success, and what it covers (MODEL section 7).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_serializer, model_validator

from armsim.scenario.phrases import listed
from armsim.scenario.values import (
    DateValue,
    Described,
    Duration,
    Life,
    Names,
    Number,
    PerYear,
    Share,
    Slots,
    Span,
    Trigger,
    Until,
    refused,
)

Kind = Literal[
    "cannibalise", "fly_less", "other_source", "repair_at_home", "extend_life", "train_crews",
    "stockpile", "defer", "harvest",
]  # fmt: skip

#: Settings of each kind of response beside those common to all; another kind refuses them.
OWN_SETTINGS = {
    "cannibalise": ("policy", "damage"),
    "fly_less": ("fly",),
    "other_source": ("items", "jurisdiction", "through", "capacity", "quality", "build_up", "each", "retry", "price",
                     "takes", "dual_sourcing", "repairs"),
    "repair_at_home": ("items", "share", "takes", "yield", "quality", "capacity", "build_up", "price"),
    "extend_life": ("limit", "systems", "gains", "takes", "slots"),
    "train_crews": ("crews", "people", "share", "build_up"),
    "stockpile": ("items", "units"),
    "defer": ("gains", "failures", "losses_per_100k_FH"),
    "harvest": ("systems", "yield"),
}  # fmt: skip
#: What each kind cannot do without, and why it is asked for.
NEEDED = {
    "fly_less": {"fly": "the share of the programme still flown, such as 70%"},
    "other_source": {
        "jurisdiction": "whose permission its exports need", "items": "what it can supply",
        "capacity": "how many it delivers, such as 4 per year",
    },
    "repair_at_home": {
        "items": "what it repairs", "share": "the share of failed units it can repair, such as 60%",
        "takes": "how long a repair takes, such as 30 days",
    },
    "extend_life": {"gains": "what is gained, such as 200 FH, 12 months or both"},
    "train_crews": {"crews": "the pools it is for, such as base.line"},
    "stockpile": {"items": "what is bought", "units": "how many of each, such as 4"},
    "defer": {"gains": "how much longer systems fly, such as 100 FH, 6 months or both"},
    "harvest": {"systems": "how many are retired for their parts, such as 2"},
}  # fmt: skip
#: Kinds that act on fleets; for the others `fleets` is only what a `when` watches.
ON_FLEETS = ("cannibalise", "fly_less", "other_source", "extend_life", "defer", "harvest")
#: The field of a setting where it cannot have the name that is written.
FIELDS = {"yield": "yield_", "losses_per_100k_FH": "losses_per_100k_fh"}


class Response(Described):
    """A response of the recipient."""

    also_written: ClassVar[tuple[str, ...]] = ("starts",)

    kind: Kind
    active: bool = True
    fleets: Names = ()
    items: Names = ()
    from_: DateValue | None = Field(None, alias="from")
    after: str | None = Field(None, description="a halt whose beginning starts the clock of `delay`")
    notice: str | None = Field(None, description="a halt whose announcement starts the clock of `delay`")
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
    each: Share = Field(Share(best=1.0), description="other_source: share of the needs it takes that it delivers")
    dual_sourcing: Share | None = Field(
        None, description="other_source: share of new needs it takes though their line would take them"
    )
    repairs: bool | None = Field(None, description="other_source: it takes units that wait for repair abroad, too")
    share: Share | None = Field(
        None, description="repair_at_home: share of failed units it can repair; train_crews: more tasks for own people"
    )
    yield_: Share = Field(
        Share(best=1.0), alias="yield",
        description="repair_at_home: share that comes back serviceable; harvest: share of the units that is usable",
    )  # fmt: skip
    gains: Life | None = Field(None, description="extend_life, defer: flying hours, time or both beyond the limit")
    systems: int | None = Field(None, ge=1, description="extend_life, harvest: how many systems; extend_life: all")
    slots: Slots | None = Field(None, description="extend_life: systems in work at once; no limit when not given")
    limit: Literal["overhaul", "life"] = Field("overhaul", description="extend_life: which limit is moved")
    crews: Names = Field((), description="train_crews: pools, as site.crew")
    people: int | None = Field(None, ge=1, description="train_crews: how many more own people in each pool")
    units: int | None = Field(None, ge=1, description="stockpile: how many of each item")
    failures: Number = Field(Number(best=1), description="defer: factor on failures and upkeep past the limit")
    losses_per_100k_fh: Number | None = Field(
        None, alias="losses_per_100k_FH", description="defer: more losses in 100,000 flying hours past the limit"
    )

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
        triggers = [name for name in ("from_", "after", "notice", "when") if getattr(self, name) is not None]
        if len(triggers) > 1:
            raise refused("give one of 'from', 'after', 'notice' and 'when'", triggers[1].rstrip("_"))
        if self.until_when is not None and self.when is None:
            raise refused("'until' a measure needs a 'when' with a measure", "until")
        if self.when is not None and self.until_when is not None:
            here, there = self.when, self.until_when
            if here.measure != there.measure or here.below == there.below:
                raise refused("'when' and 'until' must watch the same measure, one with < and one with >", "until")
        self._only_its_own()
        for name, why in NEEDED.get(self.kind, {}).items():
            if self.setting(name) in (None, ()):
                raise refused(f"{self.kind} needs '{name}': {why}")
        self._numbers_work()
        if self.active and not triggers:
            raise refused("say when it begins: 'from' a date, 'after' a halt, at its 'notice', "
                          "or 'when' a measure crosses a threshold")  # fmt: skip
        return self

    def _only_its_own(self) -> None:
        """Refuse the settings of other kinds."""
        given = self.model_fields_set
        for name in sorted({name for names in OWN_SETTINGS.values() for name in names} - set(OWN_SETTINGS[self.kind])):
            if FIELDS.get(name, name) in given:
                kinds = listed(kind for kind, names in OWN_SETTINGS.items() if name in names)
                raise refused(f"'{name}' belongs to {kinds}, not to {self.kind}", name)
        if self.fleets and self.kind not in ON_FLEETS and self.when is None:
            raise refused(f"{self.kind} is not for single fleets: 'fleets' only says what a 'when' watches", "fleets")

    def _numbers_work(self) -> None:
        """Refuse settings that would do nothing, or that do not go together."""
        if self.capacity is not None and self.capacity.ends[0] <= 0:
            what = "supplies" if self.kind == "other_source" else "repairs"
            raise refused(f"a capacity of zero {what} nothing: set active: false instead", "capacity")
        if self.quality.ends[0] <= 0:
            raise refused("a unit with a quality of 0% has no life at all: write a share above zero", "quality")
        if self.retry is not None and self.retry.ends[0] <= 0:
            raise refused("a retry without a pause would never end: write a length of time above zero", "retry")
        if self.kind == "train_crews" and self.people is None and self.share is None:
            raise refused("train_crews needs 'people' (how many more) or 'share' (of tasks), or both")
        if self.limit == "life":
            for name in ("takes", "slots"):
                if getattr(self, name) is not None:
                    raise refused(f"with 'limit: life' there is no work: take out '{name}'", name)
        if self.failures.ends[0] < 1:
            raise refused("a factor below 1 would make old systems fail less: write 1 or more", "failures")

    def setting(self, name: str) -> Any:
        """The value of a setting by the name that is written."""
        return getattr(self, FIELDS.get(name, name))

    @model_serializer(mode="wrap")
    def _own_settings(self, handler: Any) -> Any:
        """Without the settings of other kinds, which would be refused when read again."""
        others = {name for names in OWN_SETTINGS.values() for name in names} - set(OWN_SETTINGS[self.kind])
        return {key: value for key, value in handler(self).items() if key not in others}
