"""Frozen values and the rules between them: no clock, no disk, no thread."""
