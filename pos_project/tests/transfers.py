"""Goods between stores for tests: people of each store, and transfers through the use cases."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from model_bakery import baker

from accounts.models import Store, User
from catalog.models import Product
from inventory.models import Batch
from inventory.transfer_models import Transfer
from inventory.transfer_receiving import Received, receive
from inventory.transfers import Wanted, ask, ask_and_send, cancel, send, turn_back
from pos_project.tests import shop

MAIN = Store.FIRST_ID


def a_store(name: str = "Lake Road") -> Store:
    """The store of that name, made on first use."""
    known = Store.objects.filter(name=name).first()
    return known or baker.make(Store, name=name, currency_sign="৳")


def somebody_at(store_id: int, role: str = "admin") -> User:
    """Somebody who acts in that store and may act in every one."""
    email = f"{role}-of-stores@shop.example"
    known = User.objects.filter(email=email).first()
    user = known or User.objects.create_user(
        name=f"The {role}", email=email, role=role, password="a-good-password"
    )
    there: User = user.in_store(store_id, writing=True)
    return there


def asked(to: Store, *goods: tuple[Product, int], of: int = MAIN, **fields: Any) -> Transfer:
    """Asked for from the first store, by the one that wants it."""
    return ask(of, to.pk, wanted(*goods), **{"by": somebody_at(to.pk), **fields})


def sent(to: Store, *goods: tuple[Product, int], of: int = MAIN, **fields: Any) -> Transfer:
    return ask_and_send(of, to.pk, wanted(*goods), **{"by": somebody_at(of), **fields})


def send_it(transfer: Transfer, *units: int, **fields: Any) -> Transfer:
    """Send what was asked for, or so many units of each line."""
    lines = transfer.lines.order_by("id")
    quantities = dict(zip([line.pk for line in lines], map(Decimal, units), strict=False))
    by = somebody_at(transfer.from_store_id)
    return send(transfer.pk, quantities or None, **{"by": by, **fields})


def received(transfer: Transfer, *came: Any, **fields: Any) -> Transfer:
    """Received as sent, or each line as (units, damaged): `received(it, (4, 1), (3, 0))`."""
    now = Transfer.objects.get(pk=transfer.pk)
    told = [
        Received(line.pk, Decimal(units), Decimal(damaged), "As counted")
        for line, (units, damaged) in zip(now.lines.order_by("id"), came, strict=False)
    ]
    return receive(now.pk, told or None, **{"by": somebody_at(now.destination_id), **fields})


def turned_back(transfer: Transfer, **fields: Any) -> Transfer:
    by = somebody_at(transfer.to_store_id)
    return turn_back(transfer.pk, "Nobody wants it", **{"by": by, **fields})


def cancelled(transfer: Transfer, **fields: Any) -> Transfer:
    by = somebody_at(transfer.to_store_id)
    return cancel(transfer.pk, "Not needed", **{"by": by, **fields})


def wanted(*goods: tuple[Product, int]) -> list[Wanted]:
    return [Wanted(product.pk, Decimal(units)) for product, units in goods]


def shelf(product: Product, store_id: int) -> str:
    """What a store has of a product, oldest first: `2@8.50 5@9.00`."""
    batches = Batch.objects.filter(product=product, store_id=store_id, is_open=1)
    return " ".join(
        f"{batch.remaining:.0f}@{batch.unit_cost:.2f}"
        for batch in batches.order_by("received_on", "id")
    )


def stock_of(store_id: int) -> Mapping[str, int]:
    """Units by product's name, where there are any."""
    found: dict[str, int] = {}
    for batch in Batch.objects.filter(store_id=store_id, is_open=1).select_related("product"):
        found[batch.product.name] = found.get(batch.product.name, 0) + int(batch.remaining)
    return found


def a_days_transfers() -> Transfer:
    """One received short, over and damaged; one turned back; one on the way; one asked for; one
    nobody wants. The first is the one that is given."""
    lake = a_store()
    tea, salt = shop.a_product(name="Tea"), shop.a_product(name="Salt")
    shop.buy(shop.for_all(tea, 20, "20.07"), (salt, 20, "3.33"))
    done = received(sent(lake, (tea, 5), (salt, 5)), (4, 1), (6, 0))
    received(turned_back(sent(lake, (tea, 2))))
    sent(lake, (salt, 1))
    asked(lake, (tea, 1))
    cancelled(asked(lake, (tea, 1)))
    return done
