"""One answer is lost, and fifty retries come at once; thirty-two tills do everything at once."""

import json
import socket
from collections import Counter
from pathlib import Path

import pytest

from accounts.models import User
from catalog.models import Product
from pos_project.tests import shop
from pos_project.tests.faults.tills import OwnDatabase, Queue, settle, tell
from pos_project.tests.races import at_once
from pos_project.tests.servers import serving
from pos_project.tests.storm import all_at_once, storm
from reports.reconciliation.reconcile import reconcile
from sales.models import Sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]
RETRIES, TILLS = 50, 32


def test_a_lost_answer_is_asked_for_fifty_times_at_once(
    own_database: OwnDatabase, products: list[Product], token: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "log", **own_database()) as server:
        queue = Queue(server.base_url, token, products)
        body = {"items": queue.items, "payment_method": "cash", "paid_amount": 100}
        sent = json.dumps(body).encode()
        head = (
            f"POST /api/sales/checkout HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: lost\r\n"
            f"Content-Length: {len(sent)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(head + sent)  # and is gone before the answer comes

        def retry(_: int) -> tuple[int, str]:
            status, answer = 0, None
            while status not in (201, 400):  # 409: the first one is still being worked on
                status, answer = queue.till.call("POST", "/api/sales/checkout", body, key="lost")
                queue.told[status] += 1
            return status, json.dumps(answer)

        [(answer, count)] = Counter(all_at_once(RETRIES, retry)).items()
        assert (answer[0], count) == (201, RETRIES)
        queue.keys_asked, queue.sale_of["lost"] = 1, json.loads(answer[1])["sale_id"]
        settle(f"a lost answer, retried {RETRIES} times at once", queue, server)


def test_thirty_two_tills_sell_buy_pay_dues_and_refund(
    own_database: OwnDatabase, cashier: User, products: list[Product], token: str, tmp_path: Path
) -> None:
    supplier, customer = shop.a_supplier(), shop.a_customer()
    goods = [*products, *(shop.a_product("9.00") for _ in range(3))]
    shop.buy(*((product, 500, "2.00") for product in goods for _ in range(3)))
    owed = shop.sell((goods[0], 99), customer=customer, offered=shop.on_credit()).sale.pk
    with serving(tmp_path / "log", **own_database()) as server:
        outcome = storm(
            server.base_url,
            [token] * TILLS,
            [product.pk for product in goods],
            supplier.pk,
            customer_id=customer.pk,
            requests_each=8,
        )
        [(sales, broken)] = at_once(
            lambda: (
                set(Sale.objects.completed().values_list("pk", flat=True)),
                [verdict.invariant.name for verdict in reconcile() if not verdict.holds],
            )
        )
    statuses: Counter[int] = Counter()
    for (_, status), count in outcome.answers.items():
        statuses[status] += count
    tell(
        f"a storm of {TILLS} tills: sales, purchases, dues, refunds",
        requests=statuses.total(),
        acknowledged=statuses[201] + statuses[200],
        lost=len({*outcome.sales} - sales),
        doubled=len(sales - {owed}) - len(outcome.sales),
        told=statuses,
    )
    assert outcome.refusals == []
    assert sorted([owed, *outcome.sales]) == sorted(sales)
    assert {kind for kind, _ in outcome.answers} == {"sale", "purchase", "due", "refund"}
    assert broken == []
