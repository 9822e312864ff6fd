"""A business day that is over: may it still be written, and who must know when it is.

Seals and summaries live in rooms above this one. They register here when the program starts
(`AppConfig.ready`), so that no use case has to ask for them.
"""

from collections.abc import Callable
from datetime import date

_seals: list[Callable[[date], bool]] = []
_watchers: list[Callable[[date], None]] = []


def sealed_by(is_sealed: Callable[[date], bool]) -> None:
    """Ask `is_sealed` before a past day is written, inside the writing transaction."""
    _seals.append(is_sealed)


def watched_by(written: Callable[[date], None]) -> None:
    """Call `written` when a past day is about to be written, inside the writing transaction."""
    _watchers.append(written)


def claim(day: date) -> bool:
    """Whether a past day may still be written; if so, whoever watches it has been told."""
    if any(is_sealed(day) for is_sealed in _seals):
        return False
    for written in _watchers:
        written(day)
    return True
