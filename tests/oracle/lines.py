"""Supply lines: what becomes of a unit removed, ordered, on its way and caught, between two dates and on them.

Shares no code with armsim; see `chain.py`.
"""

from __future__ import annotations

from collections import Counter

from oracle.reading import Chance, Gate, Live, NotInTheOracle, Now
from oracle.states import States

Consignment = tuple[str, str, str, bool, bool]

#: Stages begin with this while a need waits at home, lines with these where no halt touches them.
HOME = "home"
FREE = ("other", "mend", "leak", "ship")
#: What has been done and what comes next on such a line.
FREE_WAY = ("sent", "licence", "accepted", "make", "ready", "transit", "border", "delay", "arrived")


class Lines(States):
    """A scenario whose consignments travel."""

    def remove(self, live: Live, now: Now, chance: Chance, name: str, at_depot: bool = False) -> None:
        """A unit enters a route drawn from its item's shares, or is repaired at home as the recipient has learnt to."""
        if self.mended(live, now, chance, name):
            return
        seen = any(mend[0] == name for mend in now.mends)
        routes = self.items[name].routes
        n = chance.of(*(r.share for r in routes)) if len(routes) > 1 else 0
        if not at_depot and not routes[n].at.startswith(f"{self.base}."):
            self.ask(live, name)
        if routes[n].at == "condemned":
            self.need(live, now, chance, name)
        elif routes[n].at in self.servers:
            self.take_in(live, now, chance, name, n)
        else:
            line = f"repair{n}"
            cover = now.gate((name, line)).covered
            self.enter(live, now, chance, (name, line, "home unfit" if seen else "home", cover, False))

    def ask(self, live: Live, name: str) -> None:
        """A unit has left the base's books: it asks the depot for one at once (ENGINE 34)."""
        if self.depot:
            live.tally[f"asked {name}"] += 1

    def take_in(self, live: Live, now: Now, chance: Chance, name: str, n: int) -> None:
        """A unit enters a shop's queue and asks for its bits. READING: the worn bit goes its way as it is asked for."""
        route = self.items[name].routes[n]
        lacks = tuple(bit for bit, odds in route.uses.items() if odds == 1 or chance.of(odds, 1 - odds) == 0)
        live.shops[route.at].append((name, n, lacks, False))
        for bit in lacks:
            self.remove(live, now, chance, bit, at_depot=bool(self.depot) and not route.at.startswith(f"{self.base}."))

    def need(self, live: Live, now: Now, chance: Chance, name: str) -> None:
        """Base stock: a unit gone for good is ordered; cover is tested now and stays with the order."""
        if live.tally[f"left out {name}"]:
            live.tally[f"left out {name}"] -= 1
        elif self.items[name].stages is not None and self.items[name].reorder is None:
            self.order(live, now, chance, name)

    def order(self, live: Live, now: Now, chance: Chance, name: str) -> None:
        """One consignment of a unit, or of a lot."""
        cover = now.gate((name, "order")).covered
        self.enter(live, now, chance, (name, "order", "home", cover, False))

    def yielded(self, live: Live, now: Now, chance: Chance, name: str, yields: float, site: str = "") -> None:
        """A repair is over: serviceable, or condemned and ordered anew."""
        if yields == 1 or chance.of(yields, 1 - yields) == 0:
            live.stock[self.shelf(name, site) if site else self.source(name)] += 1
            return
        if site == self.base:
            self.ask(live, name)
        self.need(live, now, chance, name)

    def times(self, name: str, line: str) -> dict[str, float]:
        """Mean days of licence, making (or repair) and transit of a line."""
        item = self.items[name]
        if line == "order":
            assert item.stages is not None
            return item.stages
        if line.startswith("leak"):
            delay, inner = line[4:].split(":")
            return self.times(name, inner) | {"delay": float(delay)}
        if line.startswith("other"):
            return {"licence": 0.0, "make": float(line[5:]), "transit": 0.0}
        if line == "ship":
            return {"transit": self.ship}
        if line.startswith("mend"):
            return {"licence": 0.0, "make": float(line[4:].split(":")[0]), "transit": 0.0}
        route = item.routes[int(line[6:])]
        return {"licence": route.licence, "make": route.takes, "transit": route.transit}

    def pace(self, consignment: tuple[str, str, str, bool, bool], now: Now) -> float:
        """Mean days the stage takes now; 0 where the clock stands or nothing is due."""
        name, line, stage, cover, _ = consignment
        if stage not in ("licence", "make", "transit", "delay"):
            return 0.0
        takes = self.times(name, line)[stage]
        if line.startswith(FREE):
            return takes
        gate = now.gate((name, line))
        if stage == "make":
            stands = gate.stops(cover) if line == "order" else gate.repairs_abroad == "hold"
        else:
            stands = stage == "transit" and gate.in_transit == "hold"
        return 0.0 if stands else takes

    def advance(self, live: Live, now: Now, chance: Chance, consignment: tuple[str, str, str, bool, bool]) -> None:
        """A stage has ended."""
        name, line, stage, cover, late = consignment
        live.pipes[consignment] -= 1
        after = {"licence": "accepted", "make": "ready", "transit": "border", "delay": "arrived"}[stage]
        self.enter(live, now, chance, (name, line, after, cover, late))

    def enter(self, live: Live, now: Now, chance: Chance, consignment: tuple[str, str, str, bool, bool]) -> None:
        """Carry a consignment on until it rests in a stage."""
        name, line, stage, cover, late = consignment
        times = self.times(name, line)
        if line.startswith(FREE):
            self.enter_free(live, now, chance, consignment)
            return
        gate, excused = now.gate((name, line)), False
        if stage.startswith(HOME):
            line, stage = self.leave_home(live, gate, chance, consignment)
            if stage.startswith(HOME):
                live.pipes[name, line, stage, cover, False] += 1
                return
            if line.startswith(FREE):
                self.enter_free(live, now, chance, (name, line, stage, cover, False))
                return
            excused = stage == "excused"
            if excused and times["licence"]:
                raise NotInTheOracle("an exception for a licence that may be sent home")
            stage = "licence" if times["licence"] else "accepted"
        if stage == "accepted":
            late = line == "order" and gate.queues(cover) and not excused  # `queue` does not hold one's own units
            stage = "make" if times["make"] else "ready"
        if stage == "ready" and not self.waits(gate, line, cover, late):
            late = False
            stage = "transit" if times["transit"] else "border"
        if stage == "border" and gate.in_transit == "deliver":
            self.arrive(live, now, chance, name, line)
            return
        live.pipes[name, line, stage, cover, late] += 1

    def arrive(self, live: Live, now: Now, chance: Chance, name: str, line: str) -> None:
        """A unit, or a lot of them, is there. READING: the units of a lot come together."""
        if line != "order":
            self.yielded(live, now, chance, name, self.items[name].routes[int(line[6:])].yields)
            return
        reorder = self.items[name].reorder
        live.stock[self.source(name)] += reorder[1] if reorder else 1

    def leave_home(self, live: Live, gate: Gate, chance: Chance, consignment: Consignment) -> tuple[str, str]:
        """(line, stage) of a need that waits at home: sent, let through, leaked or left where it is."""
        _, line, stage, cover, _ = consignment
        caught = line != "order" and gate.repairs_abroad in ("return_unrepaired", "seize")
        if gate.refuses(cover) and not caught:
            for halt, count in gate.excused:
                if live.tally[f"let through {halt}"] < count:
                    live.tally[f"let through {halt}"] += 1
                    return line, "excused"
            if stage == "home" and gate.leak:
                leaks = chance.of(gate.leak, 1 - gate.leak) == 0
                return (f"leak{gate.delay}:{line}", "sent") if leaks else (line, "home denied")
        if gate.refuses(cover) or caught:  # a repair is not sent to where it would be caught
            return line, stage
        fund, seen = gate.funds(cover), float(stage[10:]) if stage.startswith("home short") else 0.0
        if fund < 1 and (fund <= seen or chance.of((fund - seen) / (1 - seen), (1 - fund) / (1 - seen))):
            return line, f"home short{max(fund, seen)}"
        return line, "sent"

    def enter_free(self, live: Live, now: Now, chance: Chance, consignment: Consignment) -> None:
        """The same on a way no halt touches: another source, a repair at home, a leak."""
        name, line, stage, cover, late = consignment
        done = FREE_WAY.index(stage)
        left = [step for step in FREE_WAY[done + 1 :: 2] if self.times(name, line).get(step)]
        if left:
            live.pipes[name, line, left[0], cover, late] += 1
        elif line.startswith("leak"):
            self.arrive(live, now, chance, name, line.split(":")[1])
        elif line == "ship":
            live.stock[name] += 1
        else:
            self.yielded(live, now, chance, name, float(line.split(":")[1]) if line.startswith("mend") else 1.0)

    def waits(self, gate: Gate, line: str, cover: bool, late: bool) -> bool:
        """Whether what is ready is not despatched: nobody ships into a closed port, however short the way."""
        stands = gate.stops(cover) if line == "order" else gate.repairs_abroad == "hold"
        closed = gate.in_transit in ("hold", "return", "lose")
        return stands or closed or (late and gate.queues(cover))

    def jump_one(
        self, live: Live, t: float, before: Now, now: Now, chance: Chance, consignment: Consignment,
        waiting: Counter[tuple[str, str]], gone: Counter[tuple[str, str]],
    ) -> None:  # fmt: skip
        """One consignment; `waiting` counts what waited at home before, `gone` what has left since, by line."""
        name, line, stage, cover, late = consignment
        if line.startswith(FREE):
            return
        was, gate = before.gate((name, line)), now.gate((name, line))
        live.pipes[consignment] -= 1
        cover |= stage == "home" and gate.covered  # a contract that begins covers the needs still unmet
        if stage.startswith("later"):
            stage = "home" if float(stage[5:]) <= t + 1e-9 else stage
        elif stage.startswith(HOME) and was.refuses(cover) and not gate.refuses(cover):
            stage = self.when_sent(t, name, line, waiting[name, line], gone[name, line])
            gone[name, line] += 1
        elif stage == "licence" and gate.refuses(cover):
            stage = "home"  # READING: its licence time starts afresh, a new draw
        elif stage == "transit" and gate.in_transit == "lose" != was.in_transit:
            self.need(live, now, chance, name)
            return
        elif stage == "transit" and gate.in_transit == "return":
            stage = "returned"
        elif stage == "returned" and gate.in_transit != "return":
            stage = "transit"
        elif stage == "make" and line != "order" and gate.repairs_abroad != was.repairs_abroad:
            if gate.repairs_abroad == "seize" or self.is_spoilt(t, chance, name, line, was):
                self.need(live, now, chance, name)
                return
            if gate.repairs_abroad == "return_unrepaired":
                stage = "home"  # READING: repaired afresh, a new draw
        if stage == "home" and line != "order" and gate.refuses(cover):
            if self.mended(live, now, chance, name):
                return
            stage = "home unfit" if any(mend[0] == name for mend in now.mends) else stage
        if stage.startswith(HOME) or stage in ("ready", "border"):
            self.enter(live, now, chance, (name, line, stage, cover, late))
        else:
            live.pipes[name, line, stage, cover, late] += 1

    def when_sent(self, t: float, name: str, line: str, number: int, gone: int) -> str:
        """What waited at home leaves spread over the ramp of the halt that ends (66)."""
        keeper = next((supplier, kind) for item, way, supplier, kind in self.lines() if (item, way) == (name, line))
        over = self.spread(t, *keeper, name)
        return f"later{t + over * (gone + 0.5) / number}" if over else "home"

    def is_spoilt(self, t: float, chance: Chance, name: str, line: str, was: Gate) -> bool:
        """Whether a unit whose hold ends is spoilt."""
        if was.repairs_abroad != "hold":
            return False
        odds = self.spoilt(t, self.items[name].routes[int(line[6:])].at, "repair", name)
        return bool(odds) and chance.of(1 - odds, odds) == 1

    def mended(self, live: Live, now: Now, chance: Chance, name: str) -> bool:
        """Whether a unit is repaired at home, as the recipient has learnt to; one draw for each unit (71)."""
        for mended, fit, takes, yields in now.mends:
            if mended == name and chance.of(fit, 1 - fit) == 0:
                live.pipes[name, f"mend{takes}:{yields}", "make", False, False] += 1
                return True
        return False
