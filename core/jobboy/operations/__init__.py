"""The use cases: one door for console, command line and HTTP, which owns eligibility, reasons and audit."""

from jobboy.operations.door import Operations
from jobboy.operations.eligibility import Verb
from jobboy.operations.filters import parse_filter
from jobboy.operations.results import BulkResult, Details, Eligibility, Overview

__all__ = ["BulkResult", "Details", "Eligibility", "Operations", "Overview", "Verb", "parse_filter"]
