"""Prices that begin on a day: planned, and put into effect when the day has come.

`nightly` puts them into effect, and so does the first request that a process answers on a new day:
whoever sells in the first minutes after midnight sells at the new price. To know that the day is
another costs no statement.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from catalog.models import ComingPrice, Product
from catalog.prices import NewPrice
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import DomainError, Invalid
from pos_project.core.posting_context import Actor

log = logging.getLogger(__name__)


def plan_prices(
    expected: Sequence[NewPrice], from_day: date, *, by: Actor, key: RequestKey | None = None
) -> int:
    """Let the prices that were previewed begin on a day; returns how many. One that was planned of
    the product for that day is replaced. Raises Invalid for a day that is not ahead."""
    if from_day <= today():
        text = "A day after today."
        raise Invalid(text, fields={"from_day": [text]})

    def plan() -> int:
        products = [each.product.pk for each in expected]
        ComingPrice.objects.filter(from_day=from_day, product_id__in=products).delete()
        ComingPrice.objects.bulk_create(
            ComingPrice(
                product=each.product, from_day=from_day, price=each.after, created_by_id=by.pk
            )
            for each in expected
        )
        return len(expected)

    return once(key, plan)


def drop_plans(product_ids: Iterable[int]) -> int:
    """Forget what was planned of these products; returns how many prices."""
    return transact(
        lambda: ComingPrice.objects.filter(product_id__in=list(product_ids)).delete()[0]
    )


def begin_prices() -> int:
    """Put the prices into effect whose day has come; returns how many products have another price.
    Safe to run twice, and by two at once."""

    def begin() -> int:
        due = ComingPrice.objects.filter(from_day__lte=today()).order_by("from_day", "id")
        # The latest of each product is what holds.
        prices = dict(due.values_list("product_id", "price"))
        if not prices:
            return 0
        changed = 0
        locked = Product.objects.select_for_update().filter(pk__in=list(prices)).order_by("id")
        for product in locked:
            if product.archived_at is None and product.price != prices[product.pk]:
                product.price = prices[product.pk]
                product.save(update_fields=["price", "updated_at"])
                changed += 1
        due.delete()
        return changed

    return transact(begin)


class LastLook:
    """The day on which this process last looked; what began before its first is `nightly`'s."""

    day: date | None = None

    @classmethod
    def is_of_another_day(cls) -> bool:
        """Whether it was on another day than today; never the first time."""
        last, cls.day = cls.day, today()
        return last is not None and last != cls.day


class BeginPrices:
    """Middleware: on a new day the prices that begin with it hold before anything is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if LastLook.is_of_another_day():
            try:
                begin_prices()
            except (DatabaseError, DomainError):  # a till sells all the same; `nightly` tries again
                log.exception("Prices that begin today could not be put into effect.")
        return self.get_response(request)
