"""The console in a browser on this machine: ``jobboy-console --serve``."""

from jobboy_console.entrance.web.serving import serve

__all__ = ["serve"]
