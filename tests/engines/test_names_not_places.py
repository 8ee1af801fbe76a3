"""R-T2: keys come from names, so what is added to a scenario changes nobody else's draws."""

from __future__ import annotations

from small import results

WORK = (
    "sites: {base: {crews: {line: {fleets: [jets], size: 2}}}}\n"
    "fleets:\n"
    "  jets: {count: 3, fly: 60 FH/month per aircraft, losses: {per_100k_FH: 500},\n"
    "         upkeep: {every: 10 FH, takes: {best: 2 days, varies: lognormal 60%}, crew: line}}\n"
)


def test_a_fleet_added_before_the_others_changes_none_of_their_draws():
    alone = results(WORK, days=365).variants["as_written"].fleets["jets"]
    beside = results(WORK + "  aardvarks: {count: 2}\n", days=365).variants["as_written"].fleets["jets"]

    assert sum(alone.curves["nmcm"].mean) > 0
    assert {m: c.mean for m, c in alone.curves.items()} == {m: c.mean for m, c in beside.curves.items()}
