"""The console's one way to jobboy; nothing else in the console but what opens it imports the engine."""

from jobboy_console.gateway.calls import FilterError, Gateway, JobBoyError, StorageError, check_filter, read_object

__all__ = ["FilterError", "Gateway", "JobBoyError", "StorageError", "check_filter", "read_object"]
