"""Fifty tills want the last ten; thirty-two tills sell the same five products in any order."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from catalog.models import Product
from conftest import make_user
from inventory.models import Batch
from ledger.payments import Offer
from pos_project.tests.storm import Till, all_at_once, storm
from purchasing.models import Supplier
from purchasing.receive import Delivery, Line, receive_purchase
from sales.models import Sale

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """The production server, two processes of four threads, over the test database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "DB_NAME": connection.settings_dict["NAME"],
        "API_RATE_LIMIT": "0",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--log-level", "error", "pos_project.wsgi:application"]
    process = subprocess.Popen(command, env={**os.environ, **settings})  # noqa: S603
    base_url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{base_url}/health")
        yield base_url
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str) -> None:
    """Return once the server answers; it has 30 seconds to start."""
    give_up_at = time.monotonic() + 30
    while True:
        try:
            with urlopen(url, timeout=5):  # noqa: S310  (loopback)
                return
        except URLError:
            assert time.monotonic() < give_up_at, "The server did not start."


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
    receive_purchase(Delivery(supplier.pk, lines), Offer(), by=cashier)
    return product


def test_fifty_tills_want_the_last_ten_and_ten_get_them(
    server: str, cashier: User, token: str
) -> None:
    supplier = Supplier.objects.create(name="Delta")
    product = stocked(cashier, supplier, "Scarf", 3, 3, 4)
    tills = Till(server, token)

    answers = all_at_once(50, lambda _: tills.sell(product.pk))

    assert sorted(status for status, _ in answers) == [201] * 10 + [400] * 40
    refused = {body["code"] for status, body in answers if status == 400}
    assert refused == {"insufficient_stock"}
    assert Batch.objects.stock([product.pk], store_id=1) == {}
    assert Sale.objects.completed().count() == 10


def test_thirty_two_tills_never_see_a_deadlock_nor_a_false_shortage(
    server: str, cashier: User, token: str
) -> None:
    supplier = Supplier.objects.create(name="Delta")
    products = [stocked(cashier, supplier, f"P{number}", *[2] * 300) for number in range(5)]

    outcome = storm(
        server,
        [token] * 32,
        [product.pk for product in products],
        supplier.pk,
        requests_each=8,
    )

    assert outcome.refusals == []
    assert outcome.answers["sale", 201] > 150
    assert outcome.answers["purchase", 201] > 0
    assert outcome.answers["refund", 201] > 0
