"""The list of processes as values: its columns, marks, views, and the part of it that is in memory."""
