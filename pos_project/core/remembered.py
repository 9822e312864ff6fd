"""Small reference data that every sale asks for and hardly anybody changes: read every few seconds.

A process that saves or deletes such a row forgets at once; others follow within `SECONDS`.
"""

import time
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

T = TypeVar("T")
SECONDS = 5.0


class Remembered(Generic[T]):
    """What `read` returned, for `SECONDS`; then it is read again. One statement each time."""

    everything: ClassVar[list["Remembered[Any]"]] = []

    def __init__(self, read: Callable[[], T], *, of: type[Model]) -> None:
        self._read = read
        self._value: T | None = None
        self._until = 0.0
        self.everything.append(self)
        for changed in (post_save, post_delete):
            changed.connect(self.forget, sender=of, weak=False)

    def get(self) -> T:
        """The value; reads it when it is not there or too old."""
        if self._value is None or time.monotonic() >= self._until:
            self._value = self._read()
            self._until = time.monotonic() + SECONDS
        return self._value

    def forget(self, **_: Any) -> None:
        """Read anew the next time."""
        self._value = None
