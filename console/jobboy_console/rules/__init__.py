"""Judges and tells what a configuration says, where that takes more than its file."""
