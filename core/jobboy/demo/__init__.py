"""A living demo: real work on what every machine with Python has, for the console and for trying the command line."""

from jobboy.demo.opening import Demo, open_demo

__all__ = ["Demo", "open_demo"]
