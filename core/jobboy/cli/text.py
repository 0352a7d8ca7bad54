"""Text from data made safe to print, as the command line's views use it."""

from jobboy.model.safe_text import safe_json, safe_text, shorten

__all__ = ["safe_json", "safe_text", "shorten"]
