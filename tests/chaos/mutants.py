"""The guards of the engine, each with what it would be without it, and the tests that must then fail."""

from __future__ import annotations

from dataclasses import dataclass

_REPOSITORY = "tests/conformance/test_process_repository.py"
_PLANS = "tests/unit/storage/test_plans.py"
_FILE = "tests/unit/storage/test_sqlite_file.py"
_WRITER = "tests/unit/storage/test_writer.py"
_VERBS = "tests/unit/operations/test_verbs.py"
_MAKER = "tests/unit/engine/test_iteration_maker.py"
_CRASHES = "tests/unit/engine/test_crashes.py"
_PIPELINES = "tests/unit/engine/test_pipelines.py"
_CLOCKS = "tests/chaos/test_clocks.py"


@dataclass(frozen=True)
class Mutant:
    """One guard taken away.

    Args:
        name: what is no longer done.
        pattern: regular expression found in exactly one file of the engine; every match there is replaced.
        replacement: may name groups of the pattern.
        tests: what pytest is asked to run.
        chosen: which of them, as ``-k`` takes it; all when empty.
    """

    name: str
    pattern: str
    replacement: str
    tests: str
    chosen: str = ""


MUTANTS = (
    # --- the token: who may write ---
    Mutant(
        "an update of a process names its token",
        r",\s*process\.c\.token == bindparam\([^)]*\)",
        "",
        _PLANS,
        "token",
    ),
    Mutant(
        "a write compares the token that was seen",
        r" and seen\[one\.number\]\[1\] == one\.change\.seen_token",
        "",
        _REPOSITORY,
        "late_holder or fenced or twenty_operators",
    ),
    Mutant(
        "whoever is fenced is told",
        r"if isinstance\((\w+), Fenced\):\n(\s+)raise \1\n",
        r"if isinstance(\1, Fenced):\n\2return None\n",
        _REPOSITORY,
        "late_holder",
    ),
    Mutant(
        "a late write is recorded",
        r"transaction\.write_many\(statements\.INSERT_EVENT, attempts\)",
        "pass",
        _REPOSITORY,
        "late_holder",
    ),
    Mutant(
        "a claim raises the token",
        r"(def claimed\([^#]*?)token=self\.token \+ 1",
        r"\1token=self.token",
        _MAKER,
        "raises_its_token",
    ),
    Mutant(
        "a claim of several raises their tokens",
        r'token=process\.c\.token \+ literal_column\("1"\),\s*',
        "",
        "tests/unit/engine/test_relief.py",
        "in_order_and_settled",
    ),
    Mutant(
        "an operator's action raises the token",
        r"after\.changed\(token=before\.token \+ 1\)",
        "after",
        _VERBS,
        "fences or at_once",
    ),
    Mutant(
        "an operator who saw an old token is told so",
        r"if process\.token != expected:",
        "if False:",
        _VERBS,
        "old_token",
    ),
    # --- transactions and the disk ---
    Mutant(
        "a write transaction begins with the write lock",
        r'"BEGIN IMMEDIATE"',
        '"BEGIN"',
        f"{_REPOSITORY} {_FILE}",
        "does_not_end or twenty or two or begins_with_the_write_lock",
    ),
    Mutant(
        "a commit waits for the disk",
        r'"full": "FULL"',
        '"full": "NORMAL"',
        f"{_FILE} tests/chaos/test_power.py",
        "durability",
    ),
    Mutant(
        "the durability is that of every connection that writes",
        r'f"synchronous = \{[^}]*\}",\n',
        "",
        _FILE,
        "durability",
    ),
    Mutant(
        "a file that was replaced is noticed before each write",
        r"(def begin\(self\)[^\n]*\n\s+)self\._database\.examine_identity\(\)",
        r"\1pass",
        _FILE,
        "replaced",
    ),
    Mutant(
        "a newer schema is refused",
        r"if version > SCHEMA:",
        "if False:",
        _FILE,
        "newer_schema",
    ),
    Mutant(
        "what was taken for work that is not committed is given back",
        r"transaction\.undo\(\)",
        "pass",
        _WRITER,
        "given_back",
    ),
    Mutant(
        "a failure in the middle of writing spoils the group's transaction",
        r"if self\._channel\.changes\(\) != written:",
        "if False:",
        _WRITER,
        "middle_of_writing",
    ),
    Mutant(
        "a step that is recorded as completed is never written again",
        r"WHERE step\.status <> 'completed'",
        "WHERE 1",
        _REPOSITORY,
        "never_written_again",
    ),
    Mutant(
        "an event is written with its change",
        r"transaction\.write_many\(statements\.INSERT_EVENT, \(event for one in held for event in one\.events\)\)",
        "pass",
        _REPOSITORY,
        "result_is_written or decision_is_written",
    ),
    Mutant(
        "a kill that was asked for during a turn stays",
        r"keeps_kill=True",
        "keeps_kill=False",
        _REPOSITORY,
        "asked_for_during_a_turn",
    ),
    Mutant(
        "retention leaves alone what is in hand",
        r'(DELETE_ENDED = [^#]*?)process\.c\.handled == literal_column\("0"\),\s*',
        r"\1",
        "tests/unit/storage/test_housekeeping.py",
    ),
    # --- the lock: who is alive ---
    Mutant(
        "a sweep asks the lock whether the holder lives",
        r"return self\._locks\.is_taken\(process_place\(process\.number, process\.token\)\)",
        "return False",
        _CRASHES,
        "living_holder",
    ),
    Mutant(
        "a sweep finds a holder dead whose lock is free",
        r"return self\._locks\.is_taken\(process_place\(process\.number, process\.token\)\)",
        "return True",
        _CRASHES,
        "dead_holder",
    ),
    Mutant(
        "a reader asks the lock whether the holder lives",
        r"not self\.locks\.is_taken\(process_place\(process\.number, process\.token\)\)",
        "True",
        _CLOCKS,
        "dead_one_alive",
    ),
    Mutant(
        "a claim locks the place that others ask",
        r"process_place\(candidate\.number, candidate\.token \+ 1\)",
        "process_place(candidate.number + 1, candidate.token + 1)",
        f"{_MAKER} {_CRASHES}",
        "takes_the_lock or living_holder",
    ),
    Mutant(
        "exclusive iterations exclude each other",
        r"shared=not self\._exclusive",
        "shared=True",
        _MAKER,
        "exclusive",
    ),
    Mutant(
        "sweeping goes on when the clock is set back",
        r"self\._steady\.keep\(\)",
        "pass",
        _CLOCKS,
        "set_back",
    ),
    # --- the rules ---
    Mutant(
        "only what is paused can proceed",
        r"if not process\.paused:\n(\s+)return",
        r"if False:\n\1return",
        "tests/unit/operations/test_eligibility.py",
    ),
    Mutant(
        "nothing is claimed while all work is paused",
        r"if paused:\n(\s+)return iter",
        r"if False:\n\1return iter",
        _REPOSITORY,
        "pause_during_a_turn",
    ),
    Mutant(
        "the third crash in a step gives it up",
        r"marked\.crashes < CRASH_LIMIT:\n(\s+)return marked\.changed",
        r"True:\n\1return marked.changed",
        _CRASHES,
        "three_times",
    ),
    Mutant(
        "a recorded step begins a new count of crashes",
        r"attempt=0, crashes=0,",
        "attempt=0,",
        _CRASHES,
        "new_count",
    ),
    Mutant(
        "nothing ever leaves failed and completed",
        r"return to is self or to in MOVES\[self\]",
        "return True",
        "tests/unit/model/test_status.py",
    ),
)
