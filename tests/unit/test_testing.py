"""What `jobboy.testing` promises to those who test their apps with it."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobboy import bootstrap
from jobboy.engine.registry import Registry
from jobboy.model.process import CrashPolicy
from jobboy.ports import Clock, DefinitionRecord, Identifiers
from jobboy.testing import BEGINNING, FixedIdentifiers, FrozenClock


def test_a_frozen_clock_moves_only_when_it_is_told_to() -> None:
    clock: Clock = FrozenClock()
    assert clock.now() == clock.now() == BEGINNING


def test_a_frozen_clock_can_be_moved_both_ways() -> None:
    clock = FrozenClock(datetime(2030, 2, 28, tzinfo=UTC))
    assert clock.advance(timedelta(days=1)) == clock.now() == datetime(2030, 3, 1, tzinfo=UTC)
    assert clock.advance(timedelta(days=-1)) == datetime(2030, 2, 28, tzinfo=UTC)


def test_fixed_identifiers_are_the_same_in_every_run() -> None:
    one, other = FixedIdentifiers(), FixedIdentifiers()
    assert [one.process_id() for _ in range(3)] == [other.process_id() for _ in range(3)]
    assert one.process_ids(2) == [other.process_id() for _ in range(2)]
    assert (one.worker_id(), one.worker_id()) == ("test:1:00000001", "test:1:00000002")


def test_a_database_can_be_opened_with_both(tmp_path: Path) -> None:
    clock, identifiers = FrozenClock(), FixedIdentifiers()
    foreseen: Identifiers = FixedIdentifiers()
    opened = bootstrap.open_adapters(f"sqlite:///{tmp_path / 'x.db'}", clock=clock)
    adapters = dataclasses.replace(opened, identifiers=identifiers)
    kept = DefinitionRecord(code="import", steps=(), on_crash=CrashPolicy.HOLD, retention=timedelta(days=1))
    adapters.repository.remember([kept])
    operations = bootstrap.open_operations(adapters, Registry())
    process = operations.get(operations.start("import"))
    assert (process.id, process.created_at) == (foreseen.process_id(), BEGINNING)
    operations.close()
