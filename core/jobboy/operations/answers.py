"""Whether an answer meets the schema of its pause: the same rule for every door, and for whoever is still typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobboy.engine import answers
from jobboy.model.answers import Violation
from jobboy.model.documents import Document


def answer_violations(
    schema: Mapping[str, Any] | None, output: Mapping[str, Any] | None, data: Mapping[str, Any]
) -> list[Violation]:
    """Return every rule that an answer breaks, as `proceed` would tell; none when the pause declares no schema.

    Pure, but the first call with a schema loads a library for a tenth of a second.

    Args:
        schema: `answer_schema` of the paused process.
        output: its output.
        data: the answer.
    """
    if schema is None:
        return []
    return answers.violations(schema if isinstance(schema, Document) else Document(schema), output, data)
