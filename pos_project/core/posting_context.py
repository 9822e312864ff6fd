"""Who did it, in which store, when, and on which business day it counts."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils import timezone

from pos_project.core import at_till, past_days
from pos_project.core.days import business_day, moment_of, today
from pos_project.core.errors import Invalid


class Actor(Protocol):
    """Whoever may act: a user with an id, a role and the store they act in."""

    pk: int
    role: str

    @property
    def store_id(self) -> int | None:
        """Never None: the type checker takes a key that has a default for an optional one."""

    def in_store(self, store_id: int, *, writing: bool) -> "Actor":
        """Them, acting there. Raises Denied where they may not, Invalid where nobody can."""


def require_not_ahead(day: date | None, *, field: str) -> None:
    """Raise Invalid for a document dated later than tomorrow."""
    if day is not None and day > today() + timedelta(days=1):
        text = f"In the future: today is {today()}."
        raise Invalid(f"{field}: {text}", fields={field: [text]})


def counts_on(day: date) -> date:
    """The day on which a document of this day would count now: its own, or today where that is
    closed, locked or has not come. Only asked: what is booked claims its day."""
    now = today()
    return day if day < now and not past_days.is_sealed(day) else now


@dataclass(frozen=True)
class PostingContext:
    """What every event row carries. `at` is aware; `business_date` is the shop's local day.

    `at` is the moment it counts at, which may be of a past day; `entered_at` is when it was really
    written down, by the server's clock. `shift_id` is the shift open at the till of whoever acts,
    None where they stand at none.
    """

    user_id: int
    store_id: int
    at: datetime
    business_date: date
    entered_at: datetime
    by: Actor | None = field(default=None, compare=False, repr=False)
    shift_id: int | None = None

    @classmethod
    def claim(
        cls, by: Actor, at: datetime | None = None, *, day: date | None = None
    ) -> "PostingContext":
        """The right to post into the business day of now, or of an earlier moment or document day.

        SQL inside the use case's transaction: whether a past day is sealed is read under a lock,
        and who watches past days is told. Claimed anew by each attempt of a use case, so that one
        that is replayed after midnight does not post into yesterday. Tomorrow counts as today
        (clients write UTC dates), and so does a day that is already sealed. Raises Unavailable
        when the clock was set back into one.
        """
        assert by.store_id is not None, by
        now = timezone.now()
        moment = min(at, now) if at else moment_of(day, now)
        if business_day(moment) < business_day(now) and not past_days.claim(business_day(moment)):
            moment = now
        if business_day(moment) == business_day(now):
            past_days.require_open_today(business_day(now))
        shift_id = at_till.open_shift_id(by.store_id)
        return cls(by.pk, by.store_id, moment, business_day(moment), now, by, shift_id)

    def in_store(self, store_id: int) -> "PostingContext":
        """The same, in the store of an earlier document: what corrects it is booked there, by
        somebody who may act there. Raises Denied, and Invalid at a till of another store: its
        money would be that store's."""
        if store_id != self.store_id and self.by is not None:
            self.by.in_store(store_id, writing=True)
        if store_id != self.store_id and self.shift_id is not None:
            text = "This document is another store's: its money is not in this till."
            raise Invalid(text, fields={"till_id": [text]})
        return self.anywhere(store_id)

    def anywhere(self, store_id: int) -> "PostingContext":
        """The same in this store, as a part of what is done in all stores of the shop."""
        if store_id != self.store_id:
            return replace(self, store_id=store_id, shift_id=None)
        return replace(self, store_id=store_id)
