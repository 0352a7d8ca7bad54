"""Why some of many are passed over, as people say it: the same words on the command line and in the console."""

import pytest

from jobboy.operations.skipping import said_of, skip_reasons


@pytest.mark.parametrize(
    ("number", "why", "said"),
    [
        (1, "it is completed", "1 is completed already"),
        (5, "it is completed", "5 are completed already"),
        (1_200, "it is failed", "1,200 have failed already"),
        (2, "it is failing already", "2 are failing already"),
        (1, "it is not paused but running", "1 is not paused but running"),
        (3, "it has not ended, it is running", "3 have not ended, they are running"),
        (1, "it has not ended, it is running", "1 has not ended, it is running"),
        (1, "its kill was asked for already", "1: its kill was asked for already"),
        (
            2,
            "its kill was asked for: its next turn tears it down",
            "2: their kill was asked for: their next turn tears them down",
        ),
        (
            4,
            "its holder is alive (it:5:xy); force takes it away all the same",
            "4: their holder is alive (it:5:xy); force takes them away all the same",
        ),
        (3, "a guardrail forbids it: ask its owner", "3: a guardrail forbids it: ask its owner"),
    ],
)
def test_why_several_are_skipped_is_said_of_them_and_not_of_one(number: int, why: str, said: str) -> None:
    assert said_of(number, why) == said


def test_the_most_frequent_reasons_come_first_and_the_rest_is_counted() -> None:
    whys = ["it is failed", "it is paused", "it is failed", "x", "y", "z"]
    assert skip_reasons(whys) == "2 have failed already; 1 is paused; 1: x; 2 other reasons"
    assert skip_reasons([None, "no", "no", "it is paused", "it is stuck"], most=3).endswith("1 other reason")
    assert skip_reasons([]) == ""
