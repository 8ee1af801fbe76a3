"""Every clause of an export halt and every kind (preset), each said once: settings, effect in words.

A clause has values ordered strictest first. The engine never sees a halt: `model.timeline` turns clauses
into levels of gates over time (R-H2), where 0 is most lenient. A new kind of halt is one entry in KINDS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from armsim.scenario.phrases import amount, spell_date
from armsim.scenario.values import (
    Date,
    DateValue,
    Described,
    Duration,
    Frozen,
    Names,
    Number,
    Share,
    Span,
    Until,
    names_schema,
    one_name,
    refused,
)
from armsim.units import counted

Class = Literal["systems", "spares", "repair", "overhaul", "people"]
CLASSES: tuple[str, ...] = ("systems", "spares", "repair", "overhaul", "people")
Classes = Annotated[tuple[Class, ...], BeforeValidator(one_name), names_schema({"enum": list(CLASSES)})]


@dataclass(frozen=True)
class Clause:
    """One clause: its values strictest first, and what each value does, as a sentence part."""

    name: str
    values: tuple[str, ...]
    effect: dict[str, str]

    def level(self, value: str) -> int:
        """How strict a value is: 0 for the most lenient."""
        return len(self.values) - 1 - self.values.index(value)

    @property
    def lenient(self) -> str:
        """The value that changes nothing."""
        return self.values[-1]


CLAUSES: dict[str, Clause] = {
    clause.name: clause
    for clause in (
        Clause("new_orders", ("refuse", "queue", "allow"), {
            "refuse": "new orders are refused and the need waits at home",
            "queue": "new orders are accepted and made but not shipped before it ends",
        }),
        Clause("renewals", ("refuse", "allow"), {
            "refuse": "contracts are neither negotiated nor signed",
        }),
        Clause("signed_contracts", ("stop", "honour"), {
            "stop": "orders under signed contracts are treated like any other",
        }),
        Clause("accepted_orders", ("stop", "honour"), {
            "stop": "the making of accepted orders stands still",
        }),
        Clause("in_transit", ("lose", "return", "hold", "wait_at_border", "deliver"), {
            "lose": "goods on the way are lost",
            "return": "goods on the way turn back and start again when it ends",
            "hold": "goods on the way stand still",
            "wait_at_border": "goods on the way are not handed over before it ends",
        }),
        Clause("repairs_abroad", ("seize", "return_unrepaired", "hold", "finish"), {
            "seize": "parts and systems in repair abroad are seized",
            "return_unrepaired": "parts and systems in repair abroad come back unrepaired",
            "hold": "repairs abroad stand still",
        }),
        Clause("overhaul", ("stop", "allow"), {
            "stop": "no overhaul is started",
        }),
        Clause("reexport", ("stop", "allow"), {
            "stop": "third parties may not pass on parts with this content",
        }),
    )
}  # fmt: skip

#: Presets (kind:). A clause not named here is at its most lenient.
KINDS: dict[str, dict[str, Any]] = {
    "new_contract_freeze": {"new_orders": "refuse", "renewals": "refuse"},
    "total": {
        "new_orders": "refuse", "renewals": "refuse", "signed_contracts": "stop", "accepted_orders": "stop",
        "in_transit": "return", "repairs_abroad": "hold", "people": {"leave_within": "30 days"},
        "overhaul": "stop", "reexport": "stop",
    },
    "withdrawal_of_support": {"people": {"leave_within": "30 days"}, "overhaul": "stop"},
}  # fmt: skip
KINDS["sanctions"] = KINDS["total"]


def clauses_of(kind: str | None) -> dict[str, Any]:
    """Every clause with the value a preset gives it; without a kind, the most lenient."""
    lenient: dict[str, Any] = {name: clause.lenient for name, clause in CLAUSES.items()}
    return lenient | {"people": "stay", "operation": "allow"} | (KINDS[kind] if kind else {})


class People(Frozen):
    """What happens to the supplier's people: `stay`, `{leave_within: 30 days}` or `{leave_by: {date: share}}`."""

    leave_within: Span | None = None
    leave_by: dict[str, Share] | None = Field(None, description="share still there from each date on")
    in_hand: Literal["finish", "stop"] = "finish"

    @model_validator(mode="before")
    @classmethod
    def _stay(cls, raw: Any) -> Any:
        if raw == "stay":
            return {}
        if isinstance(raw, str):
            raise refused("write 'stay', or {leave_within: 30 days}, or {leave_by: {2021-07-12: 50%}}")
        return raw

    @model_validator(mode="after")
    def _one_form(self) -> People:
        if self.leave_within is not None and self.leave_by is not None:
            raise refused("write 'leave_within' or 'leave_by', not both", "leave_by")
        if self.stay and self.in_hand == "stop":
            raise refused("'in_hand' is for people who leave: give 'leave_within' or 'leave_by' too", "in_hand")
        days = list(self.leave_by or {})
        for day in days:
            try:
                date_of(day)
            except ValueError as error:
                raise refused(str(error), "leave_by", day, "[key]") from None
        left = [self.leave_by[day].middle for day in sorted(days)] if self.leave_by else []
        if left != sorted(left, reverse=True):
            raise refused("people who have left do not come back in a halt: the shares must fall", "leave_by")
        return self

    @property
    def stay(self) -> bool:
        """True when nobody leaves."""
        return self.leave_within is None and self.leave_by is None

    @model_serializer(mode="wrap")
    def _short(self, handler: Any) -> Any:
        return "stay" if self.stay else {k: v for k, v in handler(self).items() if v is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        return {"anyOf": [{"const": "stay"}, {"type": "object", "properties": {
            "leave_within": {"type": "string"}, "leave_by": {"type": "object"},
            "in_hand": {"enum": ["finish", "stop"]}}, "additionalProperties": False}]}  # fmt: skip


def date_of(text: str) -> Any:
    """The date a key of `leave_by` names."""
    from armsim import units

    return units.parse_date(text)


class Operation(Frozen):
    """Permission to operate: `allow`, or `{stop_within: 2 days, except: 4}`."""

    stop_within: Span | None = None
    except_: int | None = Field(None, alias="except", ge=0)

    @model_validator(mode="before")
    @classmethod
    def _allow(cls, raw: Any) -> Any:
        if isinstance(raw, str) and raw != "allow":
            raise refused("write 'allow', or {stop_within: 2 days}")
        return {} if raw == "allow" else raw

    @model_validator(mode="after")
    def _has_a_time(self) -> Operation:
        if self.except_ is not None and self.stop_within is None:
            raise refused("'except' needs 'stop_within': how soon the others stop, such as 2 days", "except")
        return self

    def words(self) -> str:
        """What becomes of the permission to operate, as a sentence part."""
        if self.stop_within is None:
            return "systems may be operated"
        how = f"within {amount(self.stop_within)}" if self.stop_within.ends[2] else "at once"
        but = f", but for {counted(self.except_, 'system')} of each fleet" if self.except_ else ""
        return f"the permission to operate is withdrawn {how}{but}"

    @model_serializer(mode="wrap")
    def _short(self, handler: Any) -> Any:
        if self.stop_within is None:
            return "allow"
        return {k: v for k, v in handler(self).items() if v is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        return {"anyOf": [{"const": "allow"}, {"type": "object", "properties": {
            "stop_within": {"type": "string"}, "except": {"type": "integer"}}}]}  # fmt: skip


class NewOrders(Frozen):
    """`refuse`, `queue`, `allow`, or `{fund: 40%, retry: 6 months}` for a buyer short of money."""

    value: Literal["refuse", "queue", "allow"] = "allow"
    fund: Share | None = None
    retry: Span | None = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            if raw not in CLAUSES["new_orders"].values:
                raise refused(f"'{raw}' is not one of: refuse, queue, allow, or {{fund: 40%}}")
            return {"value": raw}
        return raw

    @model_validator(mode="after")
    def _one_form(self) -> NewOrders:
        if self.fund is not None and "value" in self.model_fields_set:
            raise refused("write {fund: 40%} alone: it takes the place of refuse, queue and allow")
        if self.retry is not None and self.fund is None:
            raise refused("'retry' is for needs that wait for money: write {fund: 40%, retry: 6 months}", "retry")
        if self.retry is not None and self.retry.ends[0] <= 0:
            raise refused("a retry without a pause would never end: write a length of time above zero", "retry")
        return self

    @model_serializer(mode="plain")
    def _short(self) -> Any:
        if self.fund is None:
            return self.value
        retry = {} if self.retry is None else {"retry": self.retry._short_form()}
        return {"fund": self.fund._short_form()} | retry

    def words(self) -> Iterator[str]:
        """What becomes of needs when home pays for a share of them only, as a sentence part."""
        if self.fund is not None:
            again = "" if self.retry is None else f", each asked for again every {amount(self.retry)} while it waits"
            yield f"{amount(self.fund)} of new orders are paid for and the others wait at home{again}"

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        return {"anyOf": [{"enum": ["refuse", "queue", "allow"]}, {"type": "object", "properties": {
            "fund": {"type": ["string", "number"]}, "retry": {"type": "string"}}}]}  # fmt: skip


class Except(Frozen):
    """What a halt leaves out."""

    classes: Classes = ()
    fleets: Names = ()
    items: Names = ()
    suppliers: Names = ()
    contracts: Names = ()
    count: int | None = Field(None, ge=0)


class After(Frozen):
    """A halt that follows another: `{halt: main, lag: 3 months, probability: 60%}`."""

    halt: str
    lag: Span = Span.model_validate("0 days")
    probability: Share = Share(best=1.0)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            raise refused(f"write {{halt: {raw}}}, with 'lag' and 'probability' where they are known")
        return raw


class Leakage(Frozen):
    """What gets through although refused."""

    probability: Share
    retry: Span | None = None
    delay: Duration | None = None
    price: Number = Number(best=1)
    quality: Share = Share(best=1.0)

    @model_validator(mode="after")
    def _makes_sense(self) -> Leakage:
        if self.retry is not None and self.retry.ends[0] <= 0:
            raise refused("a retry without a pause would never end: write a length of time above zero", "retry")
        if self.quality.ends[0] <= 0:
            raise refused("a unit with a quality of 0% has no life at all: write a share above zero", "quality")
        return self

    def words(self) -> str:
        """What gets through, as a sentence part."""
        again = f", tried again every {amount(self.retry)} while it waits" if self.retry is not None else ""
        parts = [f"{amount(self.delay)} late"] if self.delay is not None else []
        parts += [f"at {amount(self.price)} times the price"] if self.price.ends != (1, 1, 1) else []
        parts += [f"with {amount(self.quality)} of a new one's life"] if self.quality.ends != (1, 1, 1) else []
        how = f", {', '.join(parts)}" if parts else ""
        return f"a consignment it refuses gets through with a chance of {amount(self.probability)}{again}{how}"


class Resume(Frozen):
    """How a halt ends."""

    restart: Span | None = None
    operation: Span | None = None
    ramp: Span | None = None
    order: Literal["oldest_first", "newest_first"] = "oldest_first"

    @model_validator(mode="after")
    def _says_how(self) -> Resume:
        if self.restart is None and self.operation is None and self.ramp is None:
            raise refused("say how it ends: 'restart' (stays stopped so much longer), 'ramp' (opens over so long)")
        if self.ramp is None and self.order != "oldest_first":
            raise refused("'order' is for a 'ramp': without one all that waits leaves at once", "order")
        return self

    def words(self) -> Iterator[str]:
        """How the halt ends, as sentence parts."""
        if self.restart is not None:
            yield f"when it ends, what it stops stays stopped for {amount(self.restart)} more"
        if self.operation is not None:
            yield f"the ban on operating is lifted {amount(self.operation)} after it ends"
        if self.ramp is not None:
            first = self.order.removesuffix("_first")
            yield f"what waits at home then leaves over {amount(self.ramp)}, the {first} first"


class Halt(Described):
    """An export halt: by whom, against what, from when to when, and clause by clause what it stops."""

    also_written: ClassVar[tuple[str, ...]] = ("kind",)

    by: Names = Field(min_length=1, description="jurisdictions or suppliers that halt")
    against: Names = Field((), description="for home's own halts: whose exports it refuses")
    classes: Classes = Field((), description="only these classes; default all")
    fleets: Names = ()
    items: Names = ()
    suppliers: Names = ()
    except_: Except | None = Field(None, alias="except")
    announced: Date | None = None
    from_: DateValue | None = Field(None, alias="from")
    until: Until = Until(best=date.max, never=True)
    after: After | None = None
    background: bool = Field(False, description="stays in the no-halt twin: money, obsolescence, a purge")
    active: bool = True

    new_orders: NewOrders = NewOrders()
    renewals: Literal["refuse", "allow"] = "allow"
    signed_contracts: Literal["stop", "honour"] = "honour"
    accepted_orders: Literal["stop", "honour"] = "honour"
    in_transit: Literal["lose", "return", "hold", "wait_at_border", "deliver"] = "deliver"
    repairs_abroad: Literal["seize", "return_unrepaired", "hold", "finish"] = "finish"
    people: People = People()
    overhaul: Literal["stop", "allow"] = "allow"
    operation: Operation = Operation()
    reexport: Literal["stop", "allow"] = "allow"
    spoilage: Share | None = Field(None, description="share of what is held in repair abroad that spoils in a year")
    slow_by: Duration | None = None
    leakage: Leakage | None = None
    resume: Resume | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Halt:
        if self.from_ is None and self.after is None:
            raise refused("a halt needs 'from': the date it begins, or 'after': the halt it follows")
        if self.spoilage is not None and self.repairs_abroad != "hold":
            raise refused("'spoilage' is for what is held abroad: it needs 'repairs_abroad: hold'", "spoilage")
        if self.resume is not None and self.resume.operation is not None and not self.forbids_operation:
            raise refused("'operation' prolongs a ban on operating: give the clause 'operation' too, such as "
                          "{stop_within: 2 days}", "resume", "operation")  # fmt: skip
        return self

    def value(self, clause: str) -> str:
        """The value of a clause of CLAUSES."""
        return self.new_orders.value if clause == "new_orders" else getattr(self, clause)

    def level(self, clause: str) -> int:
        """How strict the halt is in one clause; 0 is most lenient."""
        return CLAUSES[clause].level(self.value(clause))

    @property
    def funds_a_share(self) -> bool:
        """True when home pays for a share of new orders only."""
        return self.new_orders.fund is not None and self.new_orders.fund.ends[0] < 1

    @property
    def refuses_renewals(self) -> bool:
        """True when contracts are neither negotiated nor signed."""
        return self.renewals == "refuse"

    @property
    def slows(self) -> bool:
        """True when goods are longer on the way."""
        return self.slow_by is not None and self.slow_by.ends[2] > 0

    @property
    def forbids_operation(self) -> bool:
        """True when systems lose the permission to operate."""
        return self.operation.stop_within is not None

    def may_forbid(self, fleets: Mapping[str, Any]) -> tuple[str, ...]:
        """The fleets of a scenario whose permission to operate is the halt's to withdraw.

        Those it names; without names those its parties own, or have content in.
        """
        if not self.forbids_operation:
            return ()
        left_out = self.except_.fleets if self.except_ is not None else ()
        return tuple(
            name for name, fleet in sorted(fleets.items())
            if name not in left_out
            and (name in self.fleets if self.fleets else {fleet.owner, *fleet.content} & set(self.by))
        )  # fmt: skip

    def stops_something(self) -> bool:
        """False when every clause is at its most lenient."""
        strict = any(self.level(name) for name in CLAUSES if name not in ("signed_contracts", "reexport"))
        return strict or not self.people.stay or self.forbids_operation or self.funds_a_share or self.slows

    def effects(self) -> list[str]:
        """What the halt does, clause by clause, as parts of a sentence."""
        parts = [*self.new_orders.words()]
        parts += [CLAUSES[name].effect[self.value(name)] for name in CLAUSES if self.level(name)]
        if self.spoilage is not None:
            parts.append(f"of what is held abroad {amount(self.spoilage)} spoil in a year")
        if self.slow_by is not None:
            parts.append(f"goods despatched are {amount(self.slow_by)} longer on the way")
        parts += self.people_effects()
        if self.forbids_operation:
            parts.append(self.operation.words())
        if self.leakage is not None:
            parts.append(self.leakage.words())
        return parts + (list(self.resume.words()) if self.resume is not None else [])

    def people_effects(self) -> Iterator[str]:
        """What becomes of the supplier's people, as parts of a sentence."""
        if self.people.leave_within is not None:
            yield f"its people leave within {amount(self.people.leave_within)}"
        if self.people.leave_by:
            left = (f"{amount(share)} left on {spell_date(day)}" for day, share in self.people.leave_by.items())
            yield "its people leave: " + ", ".join(left)
        if self.people.in_hand == "stop":
            yield "work they have in hand stops where it is"
