"""Durations as the original's environment file writes them: `15m`, `1h`, `7d`."""

import re
from datetime import timedelta

_UNITS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """`15m` → 15 minutes; a bare number is seconds. Raises ValueError on anything else."""
    match = re.fullmatch(r"\s*(\d+)\s*([smhd]?)\s*", text)
    if not match:
        raise ValueError(f"{text!r} is no duration: write it like 15m, 1h or 7d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
