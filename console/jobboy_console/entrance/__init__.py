"""The ways into the console: what is opened, run and closed, with a screen and without one."""
