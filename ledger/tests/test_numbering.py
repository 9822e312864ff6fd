"""Documents are numbered without gaps behind the tills' backs, so that none vanishes unseen."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Store
from inventory.fifo import InsufficientStock
from inventory.tests.test_locking_read import rows_touched
from ledger import kept_heads, numbering
from ledger.closing_models import DocumentNumber
from ledger.numbering import number_documents
from pos_project.core.errors import Invalid
from pos_project.tests import shop, transfers
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine
from sales.refunds import Claim, refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

LATER = timedelta(hours=1)


def numbered(store_id: int = Store.FIRST_ID) -> list[tuple[int, str, int, Decimal]]:
    rows = DocumentNumber.objects.filter(store_id=store_id).order_by("number")
    return list(rows.values_list("number", "kind", "document_id", "total"))


def documents_numbered() -> int:
    """Number all there is; how many of it were documents of a store."""
    before = DocumentNumber.objects.exclude(store=None).count()
    number_documents()
    return DocumentNumber.objects.exclude(store=None).count() - before


def red() -> dict[str, list[str]]:
    """What the books say of numbers: invariant → rows."""
    checks = [check for check in CHECKS if check.invariants[0].id == "I36"]
    return {
        each.invariant.name: [violation.row for violation in each.violations]
        for each in examine(checks)
        if each.violations
    }


def test_what_was_posted_is_numbered_in_each_store_from_one_on() -> None:
    mug = shop.a_product("10.00")
    bought = shop.buy((mug, 9, "4.00"), offered=shop.cash(36))
    first, second = (shop.sell((mug, 1)).sale for _ in range(2))
    back = refund(Claim(second.pk), by=shop.a_cashier())
    bina = shop.a_cashier("Bina", username="bina", store=Store.objects.create(name="Market"))
    there = shop.sell((shop.a_service("3.00"), 1), by=bina).sale

    assert documents_numbered() == 5
    kinds = [(kind, document_id, total) for _, kind, document_id, total in numbered()]
    assert sorted(kinds) == [
        ("purchase", bought.pk, 36),
        ("refund", back.pk, 10),
        ("sale", first.pk, 10),
        ("sale", second.pk, 10),
    ]
    assert [number for number, *_ in numbered()] == [1, 2, 3, 4]
    assert numbered(bina.store_id) == [(1, "sale", there.pk, Decimal(3))]
    assert documents_numbered() == 0
    assert red() == {}


def test_money_without_such_a_document_is_numbered_by_its_entry() -> None:
    customer = shop.a_customer()
    shop.sell((shop.a_service("5.00"), 1), customer=customer, offered=shop.on_credit())
    number_documents()
    shop.pay_dues(customer, "5.00")
    assert documents_numbered() == 1
    assert numbered()[-1][1::2] == ("entry", Decimal(5))


def test_a_draft_a_refused_try_and_a_held_sale_burn_no_number() -> None:
    mug = shop.a_product("10.00")
    shop.stock(mug, 1, "4.00")
    number_documents()
    before = numbered()
    with pytest.raises(InsufficientStock):
        shop.sell((mug, 2))
    with pytest.raises(Invalid):
        shop.sell((mug, 1), offered=shop.cash(1))
    held = shop.hold((mug, 1))
    assert documents_numbered() == 0
    later = shop.sell((shop.a_service("1.00"), 1)).sale
    number_documents()
    shop.complete(held)
    number_documents()
    # Its id is older than that of the sale which came between: it gets the next number.
    assert held.pk < later.pk
    assert [(number, document) for number, _, document, _ in numbered()][len(before) :] == [
        (len(before) + 1, later.pk),
        (len(before) + 2, held.pk),
    ]
    assert red() == {}


def test_a_transfer_is_numbered_once_it_has_ended_in_the_store_that_had_the_goods() -> None:
    mug, lake = shop.a_product("10.00"), transfers.a_store()
    shop.stock(mug, 9, "4.00")
    waits, asked = transfers.sent(lake, (mug, 3)), transfers.asked(lake, (mug, 1))
    of_lake = transfers.asked(transfers.a_store("Market"), (mug, 1), of=lake.pk)
    number_documents()
    assert not DocumentNumber.objects.filter(kind="transfer").exists(), "on the way, or asked for"
    transfers.cancelled(of_lake)
    number_documents()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        shop.sell((mug, 1))
        number_documents(since_last=True)
        # They have waited, with ids below one that has its number since days.
        transfers.received(waits, (2, 0))
        transfers.cancelled(asked)
        number_documents(since_last=True)
        numbers = DocumentNumber.objects.filter(kind="transfer").order_by("id")
        assert list(numbers.values_list("store_id", "document_id")) == [
            (lake.pk, of_lake.pk),
            (Store.FIRST_ID, waits.pk),
            (Store.FIRST_ID, asked.pk),
        ]
        assert red() == {}


def test_a_run_is_cut_into_transactions_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "AT_ONCE", 2)
    for _ in range(5):
        shop.sell((shop.a_service("1.00"), 1))
    assert documents_numbered() == 5
    assert [number for number, *_ in numbered()] == [1, 2, 3, 4, 5]
    assert red() == {}


def test_a_checkout_knows_nothing_of_numbers() -> None:
    postage = shop.a_service("1.00")
    statements = shop.statements(lambda: shop.sell((postage, 1)))
    assert not [sql for sql in statements if "document_numbers" in sql]


def by_hand(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount


@pytest.fixture
def evening(guards_off: None) -> Any:
    """Three sales, numbered and kept; the last is to vanish."""
    sales = [shop.sell((shop.a_service("7.00"), 1)).sale for _ in range(3)]
    kept_heads.keep_numbers()
    return sales


def forget(sale: Any) -> None:
    """As who owns the database does it: every row of it, so that all that is left agrees."""
    entry = f"(SELECT id FROM journal_entries WHERE event = 'sale' AND document_id = {sale.pk})"
    by_hand(f"DELETE FROM payments WHERE sale_id = {sale.pk}")
    by_hand(f"DELETE FROM journal_lines WHERE entry_id IN {entry}")
    by_hand(f"DELETE FROM journal_entries WHERE event = 'sale' AND document_id = {sale.pk}")
    by_hand(f"DELETE FROM sale_items WHERE sale_id = {sale.pk}")
    by_hand(f"DELETE FROM sales WHERE id = {sale.pk}")


def test_a_sale_that_vanishes_before_night_is_missed(evening: Any) -> None:
    forget(evening[2])
    [missed] = red()["numbered_documents_are_as_they_were"]
    assert missed.startswith(f"number 3 of store 1: sale {evening[2].pk}, 7.00 of ")


def test_a_sale_that_vanishes_with_its_number_leaves_a_gap(evening: Any) -> None:
    forget(evening[1])
    by_hand("DELETE FROM document_numbers WHERE store_id = 1 AND number = 2")
    assert "document_numbers_have_no_gaps" in red()


def test_the_last_sale_that_vanishes_with_its_number_is_known_outside(evening: Any) -> None:
    forget(evening[2])
    by_hand("DELETE FROM document_numbers WHERE store_id = 1 AND number = 3")
    assert red() == {"document_numbers_are_a_chain": ["number 3 of store 1, kept outside"]}


def test_numbers_that_are_made_anew_are_another_chain(evening: Any) -> None:
    forget(evening[1])
    by_hand("DELETE FROM document_numbers WHERE store_id = 1")
    with time_machine.travel(timezone.now() + LATER, tick=False):
        shop.sell((shop.a_service("7.00"), 1))
        number_documents()
    assert red() == {"document_numbers_are_a_chain": ["number 3 of store 1, kept outside"]}


def test_a_sale_slipped_in_behind_has_no_number(evening: Any) -> None:
    """Written with a moment of before, as if it had been there."""
    slipped = shop.sell((shop.a_service("7.00"), 1)).sale
    with time_machine.travel(timezone.now() + LATER, tick=False):
        shop.sell((shop.a_service("7.00"), 1))
        number_documents()
    by_hand("DELETE FROM document_numbers WHERE kind = 'sale' AND document_id = %s", slipped.pk)
    assert red()["documents_are_numbered"] == [
        f"sale {slipped.pk} of {slipped.business_date}, number"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sales SET note = 'nobody saw it' WHERE id = {sale}",
        "UPDATE sale_items SET product_name = 'Stamp' WHERE sale_id = {sale}",
        "UPDATE payments SET reference_no = '77' WHERE sale_id = {sale}",
        "UPDATE journal_entries SET entered_at = '2026-08-12 07:00' WHERE document_id = {sale}",
    ],
)
def test_what_was_numbered_does_not_change(change: str, evening: Any) -> None:
    by_hand(change.format(sale=evening[0].pk))
    assert "numbered_documents_are_as_they_were" in red()


def test_the_command_numbers_and_keeps_the_newest_outside(settings: Any) -> None:
    shop.sell((shop.a_service("7.00"), 1))
    out = StringIO()
    call_command("number_documents", stdout=out)
    assert out.getvalue() == f"{DocumentNumber.objects.count()} documents numbered\n"
    newest = DocumentNumber.objects.get(store=Store.FIRST_ID)
    kept = settings.HEADS_FILE.read_text()
    assert f"store-1 1 {newest.chained}\n" in kept
    call_command("number_documents", stdout=out)
    assert settings.HEADS_FILE.read_text() == kept
    assert kept_heads.known() == []


def test_the_shop_s_own_audit_and_sign_ins_are_numbered_beside_the_stores(guards_off: None) -> None:
    mug = shop.a_product("10.00")
    number_documents()
    kinds = set(DocumentNumber.objects.filter(store=None).values_list("kind", flat=True))
    assert kinds == {"audit"}
    by_hand("UPDATE audit_entries SET actor_email = 'x@y.example' WHERE object_id = %s", mug.pk)
    assert "numbered_documents_are_as_they_were" in red()


def test_what_came_since_the_last_time_is_numbered_and_a_held_sale_with_it() -> None:
    """Every hour: nothing is looked for below what was numbered a day before the newest number."""
    mug, oldest = shop.a_service("10.00"), shop.a_service("1.00")
    held = shop.hold((mug, 1))
    shop.sell((oldest, 1))
    number_documents(since_last=True)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        shop.sell((mug, 2))
        assert number_documents(since_last=True)
        shop.complete(held)
        late = shop.sell((mug, 3)).sale
        assert number_documents(since_last=True) == 2
        assert [row[2] for row in numbered()[-2:]] == [held.pk, late.pk]
        assert number_documents(since_last=True) == 0
        assert number_documents() == 0
        assert red() == {}


@pytest.mark.mariadb
def test_a_regular_run_reads_as_much_after_a_hundred_sales_as_after_ten() -> None:
    mug, costs = shop.a_service("10.00"), []
    for days, sales in enumerate((10, 100)):
        with time_machine.travel(timezone.now() + timedelta(days=3 * days)):
            for _ in range(sales):
                shop.sell((mug, 1))
            number_documents()
        with time_machine.travel(timezone.now() + timedelta(days=3 * days + 2)):
            shop.sell((mug, 1))
            number_documents()
            costs.append(rows_touched(partial(number_documents, since_last=True)))
    assert costs[1] <= costs[0] + 10
