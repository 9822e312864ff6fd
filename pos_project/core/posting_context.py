"""Who did it, in which store, when, and on which business day it counts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from django.utils import timezone

from pos_project.core import past_days
from pos_project.core.days import business_day, moment_of


class Actor(Protocol):
    """Whoever may act: a user with an id and a store."""

    pk: int

    @property
    def store_id(self) -> int | None:
        """Never None: the type checker takes a key that has a default for an optional one."""


@dataclass(frozen=True)
class PostingContext:
    """What every event row carries. `at` is aware; `business_date` is the shop's local day."""

    user_id: int
    store_id: int
    at: datetime
    business_date: date

    @classmethod
    def of(
        cls, by: Actor, at: datetime | None = None, *, day: date | None = None
    ) -> "PostingContext":
        """A stamp for now, or for an earlier moment or document day.

        Taken anew by each attempt of a use case, so that one that is replayed after midnight does
        not post into yesterday. A day in the future or already sealed counts as today.
        """
        assert by.store_id is not None, by
        now = timezone.now()
        moment = min(at, now) if at else moment_of(day, now)
        if business_day(moment) < business_day(now) and not past_days.claim(business_day(moment)):
            moment = now
        return cls(by.pk, by.store_id, moment, business_day(moment))

    def in_store(self, store_id: int) -> "PostingContext":
        """The same, in the store that an earlier document's goods are in."""
        return replace(self, store_id=store_id)
