"""Fifty tills want the last ten; thirty-two tills sell the same five products in any order."""

import random
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from catalog.models import Product
from conftest import make_user
from inventory.models import Batch
from ledger.payments import TendersOffered
from pos_project.tests.servers import ShopServer
from pos_project.tests.storm import (
    STORM_SECONDS,
    Till,
    all_at_once,
    every_law_holds,
    server,
    storm,
    tell,
)
from purchasing.models import Supplier
from purchasing.receive import Delivery, Line, receive_purchase
from sales.models import Sale

__all__ = ["server"]

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
]


TILLS, SHORT_STORM = 32, 8  # requests of each till


@pytest.fixture
def cashier(transactional_db: None) -> User:
    return make_user("staff")


@pytest.fixture
def token(cashier: User) -> str:
    return access_token(cashier, now=timezone.now())


def stocked(cashier: User, supplier: Supplier, name: str, *lots: int) -> Product:
    """A product with one batch per lot."""
    product = Product.objects.create(name=name, sku=name, price=Decimal("9.90"))
    lines = [Line(product.pk, Decimal(lot), Decimal("4.00")) for lot in lots]
    receive_purchase(Delivery(supplier.pk, lines), TendersOffered(), by=cashier)
    return product


def test_fifty_tills_want_the_last_ten_and_ten_get_them(
    server: ShopServer, cashier: User, token: str
) -> None:
    supplier = Supplier.objects.create(name="Delta")
    product = stocked(cashier, supplier, "Scarf", 3, 3, 4)
    till, started = Till(server.base_url, token), time.monotonic()

    answers = all_at_once(50, lambda _: till.sell(product.pk))

    statuses = Counter(status for status, _ in answers)
    tell("Fifty want ten", statuses, time.monotonic() - started, server)
    assert statuses == {201: 10, 400: 40}
    refused = {(body["code"], body["message"]) for status, body in answers if status == 400}
    assert refused == {("insufficient_stock", "Not enough stock: Scarf (1 wanted, 0 in stock).")}
    assert Batch.objects.stock([product.pk], store_id=1) == {}
    assert Sale.objects.completed().count() == 10
    every_law_holds()


def test_thirty_two_tills_never_see_a_deadlock_nor_a_false_shortage(
    server: ShopServer, cashier: User, token: str
) -> None:
    supplier = Supplier.objects.create(name="Delta")
    lots = [60] * 200 if STORM_SECONDS else [4] * 150
    products = [stocked(cashier, supplier, f"P{number}", *lots) for number in range(5)]
    started = time.monotonic()

    outcome = storm(
        server.base_url,
        [token] * TILLS,
        [product.pk for product in products],
        supplier.pk,
        requests_each=None if STORM_SECONDS else SHORT_STORM,
        seconds=STORM_SECONDS or None,
    )

    tell("Storm", outcome.answers, time.monotonic() - started, server)
    assert outcome.refusals == []
    assert outcome.answers["sale", 201] > 150
    assert outcome.answers["purchase", 201] > 0
    assert outcome.answers["refund", 201] > 0
    every_law_holds()


def test_what_a_till_is_refused_is_really_gone(
    server: ShopServer, cashier: User, token: str
) -> None:
    """Nothing comes back or in: a product that was short for anybody must be empty at the end."""
    supplier = Supplier.objects.create(name="Delta")
    lots = [3] * (300 if STORM_SECONDS else 12)
    products = [stocked(cashier, supplier, f"P{number}", *lots) for number in range(5)]
    till, started = Till(server.base_url, token), time.monotonic()

    def until_refused(position: int) -> list[tuple[int, Any]]:
        dice, answers = random.Random(position), []
        while not answers or answers[-1][0] == 201:
            answers.append(till.sell(*(each.pk for each in dice.sample(products, 3))))
        return answers

    answers = [answer for each in all_at_once(TILLS, until_refused) for answer in each]

    statuses = Counter(status for status, _ in answers)
    tell("Until it is gone", statuses, time.monotonic() - started, server)
    assert set(statuses) == {201, 400}
    left = Batch.objects.stock([product.pk for product in products], store_id=1)
    sold = statuses[201] * 3
    assert sold == 5 * sum(lots) - sum(left.values())
    for status, body in answers:
        if status == 400:
            short = {line["product_id"] for line in body["details"]["lines"]}
            assert short, body
            assert not short & set(left), (body, left)
    every_law_holds()
