"""The model test: random operators, workers, deaths and clocks on a real database, beside the reference model."""

from __future__ import annotations

from collections import Counter

from hypothesis.stateful import invariant

from tests.chaos.model_operating import Operating
from tests.chaos.model_rare import Rare
from tests.chaos.model_working import Working


class OperationsMachine(Rare, Working, Operating):
    """Each rule does one thing to both, and says which events must have come of it."""

    @invariant()
    def both_agree(self) -> None:
        self.checks.all_agree(self.known, self.clock.now())

    @invariant()
    def nobody_shares_a_process(self) -> None:
        current = Counter(
            hold.known.id
            for hold in self.holds
            if hold.known.id in self.known and hold.known.handled and hold.known.token == hold.claimed.token
        )
        assert current == Counter(known.id for known in self.known.values() if known.handled and known.alive)
