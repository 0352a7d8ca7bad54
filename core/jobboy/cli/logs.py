"""The log of a worker on standard error, as safe text, unless the app has set up a log of its own."""

from __future__ import annotations

import logging

from jobboy.cli.text import safe_text


class SafeFormatter(logging.Formatter):
    """Indents all lines of a record but the first, so that text from data can neither act nor pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as safe text."""
        first, *others = safe_text(super().format(record), lines=True).split("\n")
        return "\n".join([first, *(f"    {line}" for line in others)])


def log_to_standard_error() -> None:
    """Print what jobboy reports, and the warnings of everybody else; does nothing when the app logs already."""
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_printed)
    logging.basicConfig(handlers=[handler], level=logging.INFO)  # what steps say from there on is kept with them


def _is_printed(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "jobboy"
