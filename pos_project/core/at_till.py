"""At which till whoever acts stands: said once by what takes their request, asked where they post.

Tills and shifts live in rooms above this one and register here when the program starts, as
`past_days` has it, so that no use case has to pass a till on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_AT_TILL: ContextVar[int | None] = ContextVar("at_till", default=None)
_finders: list[Callable[[int, int], int]] = []


def shifts_found_by(find: Callable[[int, int], int]) -> None:
    """Ask `find` for the shift that is open at a till, of a store, inside the writing transaction.
    It must cost one statement: every sale at a till asks."""
    _finders[:] = [find]


@contextmanager
def at_till(till_id: int | None) -> Iterator[None]:
    """What is posted inside belongs to the shift that is open at this till; None: to no shift."""
    token = _AT_TILL.set(till_id)
    try:
        yield
    finally:
        _AT_TILL.reset(token)


def open_shift_id(store_id: int) -> int | None:
    """The shift of the till at which whoever acts stands; None, and no statement, without a till.

    It stays open until the caller's transaction ends.
    """
    till_id = _AT_TILL.get()
    return None if till_id is None else _finders[0](till_id, store_id)
