"""What every contender is given to do; loads nothing, so that peers are measured without jobboy in their memory."""

from __future__ import annotations

PAYLOAD = {"text": "x" * 300}
"""Parameters of about 330 bytes."""
OUTPUT = {"n": 1}
STEPS = 10
"""Of the longer pipelines."""
STORE = "x" * 2000
"""What the long process keeps in its store besides its count."""
