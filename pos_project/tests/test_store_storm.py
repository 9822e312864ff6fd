"""Sixteen tills in four stores sell the same goods, send them in a circle, and change shifts."""

import time
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Store
from accounts.tokens import access_token
from conftest import make_user
from inventory.models import Batch
from inventory.transfer_models import Transfer, TransferLot
from ledger import tills
from ledger.till_models import Shift
from pos_project.tests import shop, transfers
from pos_project.tests.servers import ShopServer
from pos_project.tests.store_storm import Branch, ChainStorm
from pos_project.tests.storm import STORM_SECONDS, every_law_holds, server, tell
from sales.models import Refund, Sale

__all__ = ["server"]

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
]

TILLS_EACH, SHORT_STORM = 4, 14  # tills of a store, turns of a till
# More than all turns could take from a store, so that nobody is short of anything.
LOTS = [60] * 60 if STORM_SECONDS else [5] * 60


@pytest.fixture
def chain(transactional_db: None) -> ChainStorm:
    """Four stores that have plenty of everything; three may work in each, one of them in all."""
    roaming = access_token(make_user("admin"), now=timezone.now())
    hot, others = ([shop.a_product("9.90") for _ in range(count)] for count in (3, 12))
    branches = []
    for name in ("", "Lake Road", "Market", "Station"):
        store_id = transfers.a_store(name).pk if name else Store.FIRST_ID
        cashiers = [
            shop.a_cashier(f"{each} of {store_id}".replace(" ", "-"), store_id=store_id)
            for each in ("Mina", "Omar")
        ]
        branches.append(
            Branch(
                store_id,
                [tills.add_till(f"T{n}", store_id=store_id).pk for n in range(TILLS_EACH)],
                [*(access_token(each, now=timezone.now()) for each in cashiers), roaming],
            )
        )
        shop.buy(
            *((product, lot, "4.00") for product in hot + others for lot in LOTS), by=cashiers[0]
        )
    return ChainStorm("", branches, *([each.pk for each in goods] for goods in (hot, others)))


def units_by_product() -> Counter[Any]:
    """On the shelves of all stores, and on the way between them."""
    found: Counter[Any] = Counter()
    for product_id, units in Batch.objects.values_list("product_id", "remaining"):
        found[product_id] += int(units)
    on_the_way = TransferLot.objects.filter(line__transfer__status=Transfer.Status.SENT)
    for product_id, units in on_the_way.values_list("line__product_id", "quantity"):
        found[product_id] += int(units)
    return found


def test_sixteen_tills_send_goods_in_a_circle_and_change_shifts(
    chain: ChainStorm, server: ShopServer
) -> None:
    chain.base_url, started = server.base_url, time.monotonic()
    before = units_by_product()

    chain.blow(
        turns_each=None if STORM_SECONDS else SHORT_STORM,
        seconds=STORM_SECONDS or None,
    )

    what = (
        f"Sixteen tills in four stores, {len(chain.transfers)} transfers, {len(chain.shifts)} "
        f"shifts, {chain.races} times two at once, {len(chain.found_shut)} told of a shut till"
    )
    tell(what, chain.answers, time.monotonic() - started, server)
    assert chain.wrong == []
    assert chain.shut_without_reason() == []
    for kind in ("send", "receive", "turn back", "cancel", "close shift"):
        assert chain.answers[kind, 200], kind
    assert chain.races

    # Whatever a till was told is there, and nothing else.
    assert set(Sale.objects.completed().values_list("pk", flat=True)) == chain.sales
    assert set(Refund.objects.values_list("sale_id", flat=True)) == chain.refunded
    assert dict(Transfer.objects.values_list("pk", "status")) == chain.transfers
    assert dict(Shift.objects.values_list("pk", "status")) == chain.shifts
    came_less_sold_and_lost = {
        product_id: units + chain.units[product_id] for product_id, units in before.items()
    }
    assert units_by_product() == came_less_sold_and_lost
    every_law_holds()
