"""A shop at work over HTTP: what tills ask for, and how much of it is answered in a second.

Beside each figure stand two yardsticks of the same run: the floor (`floor.py`), which is what the
database alone needs for the same statements, and bare (`bare.py`), which is what the server alone
needs for an answer.
"""

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Store, User
from accounts.tokens import access_token
from catalog.models import Product
from inventory.models import Batch
from inventory.products import Opening, create_product
from ledger.payments import Tender, TendersOffered
from pos_project.core.http.permissions import STAFF
from pos_project.core.images.pictures import PictureChange
from pos_project.tools.bench import floor
from pos_project.tools.bench.clients import HOST, Draw, Seen, drive
from pos_project.tools.bench.reports import percentile
from pos_project.tools.bench.served import Server, Usage, database_cpu, serving
from purchasing.models import Supplier
from purchasing.receive import Delivery, receive_purchase
from purchasing.receive import Line as PurchaseLine
from sales import checkout
from sales.models import Customer
from sales.pricing import Line as SaleLine
from sales.pricing import Order

LINES, PURCHASE_LINES = 3, 10
GOODS = 60  # products sold, on short shelves and on full ones
FULL_SHELF = 1_000  # open batches of each of the last
UNITS = Decimal(900_000)  # in the oldest batch of each: nobody sells it out
PRICE, COST = Decimal("19.90"), Decimal("10.00")
RECORDINGS = 100
PASSWORD = "a-password-of-the-bench"  # noqa: S105  (of a database that nobody else uses)
SIGNING_IN = 10  # people, while the tills work
WARM_UP_SECONDS = 1.0
GROWTH_AT, GROWTH_SECONDS = (0.1, 0.5, 1.0), 10.0
WRITES = ("checkout", "walk-in", "one hot product", f"{FULL_SHELF} batches", "purchase")
READS = ("product list", "search", "product detail", "customer list", "own profile")


@dataclass(frozen=True)
class Measured:
    """One kind of work at one number of clients. Times and CPU in milliseconds, memory in MiB;
    CPU is of a request. `floor` is the share of the floor's requests a second."""

    work: str
    clients: int
    requests: int
    refused: int
    a_second: float
    median: float
    p95: float
    p99: float
    app_cpu: float | None
    db_cpu: float | None
    client_cpu: float
    memory: float | None = None
    floor: float | None = None


@dataclass(frozen=True)
class Shop:
    """What the clients need to know."""

    seller: User
    token: str
    goods: Sequence[int]
    full: Sequence[int]
    hot: int
    others: Sequence[int]  # what is bought
    words: Sequence[str]  # what is searched for
    customer_ids: Sequence[int]
    supplier_id: int
    emails: Sequence[str]

    def works(self) -> dict[str, Draw]:
        """How the next request of each kind of work is drawn."""
        reads: dict[str, Draw] = {
            "product list": self._get(lambda dice: "/api/products?page=1&limit=20"),
            "search": self._get(
                lambda dice: f"/api/products?page=1&limit=20&search={dice.choice(self.words)}"
            ),
            "product detail": self._get(lambda dice: f"/api/products/{dice.choice(self.others)}"),
            "customer list": self._get(lambda dice: "/api/customers?page=1&limit=20"),
            "own profile": self._get(lambda dice: "/api/users/me"),
        }
        sell = self._sell(self.goods, customers=True)
        return {
            "checkout": sell,
            "walk-in": self._sell(self.goods, customers=False),
            "one hot product": self._sell([self.hot], customers=True, lines=1),
            f"{FULL_SHELF} batches": self._sell(self.full, customers=True),
            "purchase": self._buy(),
            **reads,
            "80 % reads": lambda dice: (
                sell(dice) if dice.random() < 0.2 else reads[dice.choice(READS)](dice)
            ),
            "sign-in": self._sign_in(),
        }

    def anything(self) -> Draw:
        """The mix, and what would grow whatever is remembered per question: new words, other
        orders, far pages, deliveries."""
        mix, buy = self.works()["80 % reads"], self._buy()
        odd = (
            "/api/products?page=1&limit=20&search={number:x}",
            "/api/customers?page=1&limit=20&search={number:x}",
            "/api/products?page={page}&limit=20",
            "/api/products?page={page}&limit=10&sort=price&order=asc",
            "/api/sales?page={page}&limit=20",
            "/api/inventory?page={page}&limit=20",
        )

        def draw(dice: Random) -> bytes:
            chance = dice.random()
            if chance < 0.05:
                return buy(dice)
            if chance > 0.3:
                return mix(dice)
            path = dice.choice(odd).format(number=dice.randrange(16**6), page=dice.randint(1, 400))
            return _request("GET", path, token=self.token)

        return draw

    def _sell(self, goods: Sequence[int], *, customers: bool, lines: int = LINES) -> Draw:
        total = float(PRICE) * lines

        def draw(dice: Random) -> bytes:
            return self._post(
                "/api/sales/checkout",
                {
                    **({"customer_id": dice.choice(self.customer_ids)} if customers else {}),
                    "items": [
                        {"product_id": each, "quantity": 1, "unit_price": float(PRICE)}
                        for each in dice.sample(goods, lines)
                    ],
                    "subtotal": round(total, 2),
                    "tax": 0,
                    "discount": 0,
                    "total_amount": round(total, 2),
                    "paid_amount": round(total, 2),
                    "payment_method": "cash",
                },
            )

        return draw

    def _buy(self) -> Draw:
        def draw(dice: Random) -> bytes:
            return self._post(
                "/api/purchase",
                {
                    "supplier_id": self.supplier_id,
                    "items": [
                        {"product_id": each, "quantity": 5, "cost_price": 4.5}
                        for each in dice.sample(self.others, PURCHASE_LINES)
                    ],
                    "paid_amount": 100,
                    "payment_method": "cash",
                },
            )

        return draw

    def _sign_in(self) -> Draw:
        def draw(dice: Random) -> bytes:
            body = {"email": dice.choice(self.emails), "password": PASSWORD}
            return _request("POST", "/api/auth/login", body=body)

        return draw

    def _get(self, path: Callable[[Random], str]) -> Draw:
        return lambda dice: _request("GET", path(dice), token=self.token)

    def _post(self, path: str, body: dict[str, Any]) -> bytes:
        return _request("POST", path, token=self.token, body=body)

    def sell_once(self, dice: Random) -> None:
        """The use case of a checkout, in this process, to be recorded."""
        order = Order(
            [SaleLine(each, Decimal(1), PRICE) for each in dice.sample(self.goods, LINES)],
            customer_id=dice.choice(self.customer_ids),
            subtotal=PRICE * LINES,
            total_amount=PRICE * LINES,
        )
        offered = TendersOffered((Tender("cash", PRICE * LINES),), "cash")
        by = User.objects.listed().filter(pk=self.seller.pk, status="active").get()
        checkout.sell(order, offered, by=by)

    def buy_once(self, dice: Random) -> None:
        lines = [
            PurchaseLine(each, Decimal(5), Decimal("4.50"))
            for each in dice.sample(self.others, PURCHASE_LINES)
        ]
        by = User.objects.listed().filter(pk=self.seller.pk, status="active").get()
        offered = TendersOffered((Tender("cash", Decimal(100)),), "cash")
        receive_purchase(Delivery(self.supplier_id, lines), offered, by=by)


def measure(
    *, clients: Sequence[int], seconds: float, only: str = "", now_at: Callable[[str], None]
) -> Iterator[Measured]:
    """Measure the connected database's shop; `now_at` hears what is measured next.

    Bounded: each kind of work takes `seconds` and a second to warm up, over loopback alone.
    """
    shop = prepare()
    floors = _floors(shop)
    found: dict[tuple[str, int], Measured] = {}
    for name, recordings in floors.items():
        for count in clients:
            if only and only not in name:
                continue
            now_at(f"{name}, {count}")
            found[name, count] = _of_floor(name, recordings, count, seconds)
            yield found[name, count]
    with serving("pos_project.tools.bench.bare") as server:
        for count in clients:
            now_at(f"bare, {count}")
            yield _of_server(server, "bare", shop.works()["own profile"], count, seconds)
    for name, draw in shop.works().items():
        if only and only not in name:
            continue
        # A server of its own: what it holds and remembers is of this kind of work.
        with serving() as server:
            server.settle()
            for count in clients:
                now_at(f"{name}, {count}")
                row = _of_server(server, name, draw, count, seconds)
                yield _with_floor(row, found)
    if not only or only in "checkout while signing in":
        with serving() as server:
            server.settle()
            now_at("checkout while signing in")
            yield _while_signing_in(server, shop, seconds)


def measure_growth(*, requests: int, now_at: Callable[[str], None]) -> Iterator[Measured]:
    """What a worker holds after a tenth, half and all of so many requests of every kind."""
    shop, answered = prepare(), 0
    with serving() as server:
        for share in GROWTH_AT:
            while answered < requests * share:
                now_at(f"{answered:,} of {requests:,} requests")
                row = _of_server(server, "anything", shop.anything(), 8, GROWTH_SECONDS)
                answered += row.requests
            yield replace(row, work=f"after {answered:,} requests")


def prepare() -> Shop:
    """The goods, people and numbers that the clients need; made once in a database."""
    seller = User.objects.filter(role=STAFF).earliest("id")
    supplier = Supplier.objects.listed().earliest("id")
    goods = [_product(f"Bench {number}", seller) for number in range(GOODS)]
    full = [_product(f"Full shelf {number}", seller) for number in range(GOODS)]
    _fill_shelves(full, supplier.pk, seller)
    others = Product.objects.listed().filter(status="active", keeps_stock=True)
    names = list(others.order_by("id").values_list("pk", "name")[:500])
    return Shop(
        seller,
        access_token(seller, now=timezone.now()),
        goods,
        full,
        _product("Hot", seller),
        [pk for pk, _ in names],
        sorted({name.split()[0] for _, name in names})[:50],
        list(Customer.objects.listed().values_list("pk", flat=True)[:500]),
        supplier.pk,
        _people(),
    )


def _product(name: str, by: User) -> int:
    known = Product.objects.filter(name=name).first()
    fields = {"name": name, "sku": name.upper().replace(" ", "-"), "price": PRICE}
    opening = Opening(UNITS, COST)
    return (known or create_product(fields, opening=opening, picture=PictureChange(), by=by)).pk


def _fill_shelves(product_ids: Sequence[int], supplier_id: int, by: User) -> None:
    """Deliveries that nobody has touched yet, behind the large first batch."""
    for product_id in product_ids:
        missing = FULL_SHELF - Batch.objects.filter(product_id=product_id, is_open=1).count()
        if missing > 0:
            lines = [PurchaseLine(product_id, Decimal(1), COST)] * missing
            receive_purchase(Delivery(supplier_id, lines), TendersOffered(), by=by)


def _people() -> list[str]:
    emails = [f"bench-{number}@shop.example" for number in range(SIGNING_IN)]
    for email in emails:
        if not User.objects.filter(email=email).exists():
            User.objects.create(
                email=email,
                name="Bench",
                role=STAFF,
                store_id=Store.FIRST_ID,
                password=make_password(PASSWORD),
            )
    return emails


def _floors(shop: Shop) -> dict[str, list[floor.Recording]]:
    if not floor.is_measurable():
        return {}
    floor.spread_ids()
    dice = Random(1)
    for use_case in (shop.sell_once, shop.buy_once):
        use_case(dice)  # what is remembered is remembered
    return {
        "floor of checkout": [
            floor.record(lambda: shop.sell_once(dice)) for _ in range(RECORDINGS)
        ],
        "floor of purchase": [floor.record(lambda: shop.buy_once(dice)) for _ in range(RECORDINGS)],
    }


def _of_floor(
    name: str, recordings: list[floor.Recording], clients: int, seconds: float
) -> Measured:
    floor.replay(recordings, clients=clients, seconds=WARM_UP_SECONDS)
    before = database_cpu()
    seen = floor.replay(recordings, clients=clients, seconds=seconds)
    after = database_cpu()
    db = None if before is None or after is None else after - before
    # What sends the statements is to a floor what the application is to a checkout.
    usage, seen.cpu = Usage(seen.cpu, db), 0.0
    return _row(name, clients, seen, usage)


def _of_server(server: Server, name: str, draw: Draw, clients: int, seconds: float) -> Measured:
    drive(server.port, draw, clients=clients, seconds=WARM_UP_SECONDS)
    before = server.usage()
    seen = drive(server.port, draw, clients=clients, seconds=seconds)
    return _row(name, clients, seen, server.usage().since(before), memory=server.memory())


def _while_signing_in(server: Server, shop: Shop, seconds: float) -> Measured:
    """Eight tills sell while ten people sign in at once; what the tills saw."""
    works = shop.works()
    drive(server.port, works["checkout"], clients=8, seconds=WARM_UP_SECONDS)
    with ThreadPoolExecutor(1) as people:
        people.submit(drive, server.port, works["sign-in"], clients=SIGNING_IN, seconds=seconds)
        seen = drive(server.port, works["checkout"], clients=8, seconds=seconds)
    return _row("checkout while signing in", 8, seen, Usage(None, None), memory=server.memory())


def _row(
    name: str, clients: int, seen: Seen, usage: Usage, *, memory: float | None = None
) -> Measured:
    good = sum(count for status, count in seen.statuses.items() if status < 400)
    answered = sum(seen.statuses.values())

    def each(cpu: float | None) -> float | None:
        return None if cpu is None else cpu / max(answered, 1)

    return Measured(
        name,
        clients,
        answered,
        answered - good,
        good / seen.seconds,
        statistics.median(seen.times),
        percentile(seen.times, 95),
        percentile(seen.times, 99),
        each(usage.app),
        each(usage.db),
        seen.cpu / max(answered, 1),
        memory,
    )


def _with_floor(row: Measured, found: dict[tuple[str, int], Measured]) -> Measured:
    of = "floor of purchase" if row.work == "purchase" else "floor of checkout"
    lowest = found.get((of, row.clients))
    if lowest is None or row.work not in WRITES:
        return row
    return replace(row, floor=row.a_second / lowest.a_second)


def _request(
    method: str, path: str, *, token: str = "", body: dict[str, Any] | None = None
) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Content-Type: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content
