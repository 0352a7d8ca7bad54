"""What lies on the operator's machine: remembered things, files, logs, and the terminal itself."""
