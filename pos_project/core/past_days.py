"""A business day that is over: may it still be written, and who must know when it is.

Seals and summaries live in rooms above this one. They register here when the program starts
(`AppConfig.ready`), so that no use case has to ask for them.
"""

from collections.abc import Callable
from datetime import date

from pos_project.core.errors import Unavailable

_seals: list[Callable[[date], bool]] = []
_watchers: list[Callable[[date], None]] = []
_last_sealed: list[Callable[[], date | None]] = []


def sealed_by(sealed: Callable[[date], bool]) -> None:
    """Ask `sealed` before a past day is written, inside the writing transaction."""
    _seals.append(sealed)


def watched_by(written: Callable[[date], None]) -> None:
    """Call `written` when a past day is about to be written, inside the writing transaction."""
    _watchers.append(written)


def ended_by(last_sealed: Callable[[], date | None]) -> None:
    """Ask `last_sealed` for the last closed day before today is written. It must cost next to
    nothing: every sale asks."""
    _last_sealed.append(last_sealed)


def require_open_today(day: date) -> None:
    """Raise Unavailable when today is a day that was closed: then the clock is wrong."""
    for last_sealed in _last_sealed:
        last = last_sealed()
        if last is not None and day <= last:
            raise Unavailable(
                f"The server's clock says {day}, but the books are closed until {last}."
                " Set the clock right; nothing was written.",
            )


def is_sealed(day: date) -> bool:
    """Whether a past day may not be written any more."""
    return any(sealed(day) for sealed in _seals)


def claim(day: date) -> bool:
    """Whether a past day may still be written; if so, whoever watches it has been told."""
    if is_sealed(day):
        return False
    for written in _watchers:
        written(day)
    return True
