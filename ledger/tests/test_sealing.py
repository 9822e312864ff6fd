"""What a seal is made of: one canonical form of a row, the same on every database."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.utils import timezone
from model_bakery import baker

from ledger import sealing
from ledger.closing_models import DaySeal
from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.days import day_start, today
from pos_project.tests import shifts, shop, transfers

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 8)


def a_day(day: date | None = None) -> DaySeal:
    """A seal that is about to be made."""
    began = day_start(day or today())
    ends = began + timedelta(days=1)
    return DaySeal(
        day=day or today(),
        previous=sealing.GENESIS,
        form=sealing.FORM,
        begins_at=began,
        ends_at=ends,
        created_at=ends + timedelta(minutes=20),
    )


def test_the_canonical_form_of_a_row_is_the_same_on_every_database() -> None:
    """These bytes are what auditors recompute: another form is another kind of seal."""
    entry = JournalEntry.objects.create(
        id=12,
        store_id=1,
        event="expense",
        document_id=7,
        reference="Tea “কাপ”",
        business_date=date(2026, 3, 8),
        created_by=shop.a_cashier(),
        created_at=datetime(2026, 3, 8, 18, 30, 0, 45, tzinfo=UTC),
    )
    JournalLine.objects.create(
        id=98, entry=entry, account_id="OTHER_EXPENSES", debit=Decimal("0.1"), credit=0
    )
    lines = {book.table: [text for _, text in book.rows(a_day(DAY))] for book in sealing.books()}
    by = entry.created_by_id
    assert {table: rows for table, rows in lines.items() if rows} == {
        "journal_entries": [
            b'["journal_entries",{"business_date":"2026-03-08",'
            b'"created_at":"2026-03-08T18:30:00.000045Z","created_by_id":%d,"document_id":7,'
            b'"event":"expense","id":12,"reference":"Tea \xe2\x80\x9c\xe0\xa6\x95\xe0\xa6\xbe'
            b'\xe0\xa6\xaa\xe2\x80\x9d","status":"draft","store_id":1}]\n' % by
        ],
        "journal_lines": [
            b'["journal_lines",{"account_id":"OTHER_EXPENSES","credit":"0.00","debit":"0.10",'
            b'"entry_id":12,"id":98}]\n'
        ],
    }


def test_a_day_without_rows_is_sealed_by_its_date_the_seal_before_and_what_it_covers() -> None:
    counts = ",".join(f'"{book.table}":0' for book in sealing.books())
    lines = (
        '["day_seals",{"begins_at":"2026-03-07T18:00:00.000000Z",'
        '"created_at":"2026-03-08T18:20:00.000000Z","day":"2026-03-08",'
        f'"ends_at":"2026-03-08T18:00:00.000000Z","form":2,"previous":"{sealing.GENESIS}"}}]\n'
        f'["row_counts",{{"earlier":{{"sales":0}},"rows":{{{counts}}}}}]\n'
    )
    sealed = sealing.seal_of(a_day(DAY), new=["sales"])
    assert sealed.seal == hashlib.sha256(lines.encode()).hexdigest()


def test_a_seal_of_the_first_form_is_verified_as_it_was_made() -> None:
    line = b'["day_seals",{"day":"2026-03-08","previous":"%s"}]\n' % sealing.GENESIS.encode()
    kept = DaySeal(day=DAY, previous=sealing.GENESIS, form=1)
    sealed = sealing.seal_of(kept, tables=sealing.ALWAYS_COVERED)
    assert sealed.seal == hashlib.sha256(line).hexdigest()


@pytest.mark.parametrize("book", sealing.books(), ids=lambda book: book.table)
def test_every_column_of_a_sealed_row_is_sealed_but_for_those_that_move(book: Any) -> None:
    shop.a_days_work()
    model = book.model
    if not any(book.rows(a_day())):
        day = {} if book.by_moment else {book.ways[0].day: today()}
        rest: dict[str, Any] = {"counted": 0, "banked": 0} if book.table == "cash_counts" else {}
        if book.table == "due_credits":
            sold = shop.sell((shop.a_service(), 1), customer=shop.a_customer()).sale
            rest = {"customer": sold.customer, "sale": sold, "amount": 1, "tax": 0}
        if book.table in ("shifts", "cash_movements"):
            shifts.a_closed_shift()
        elif book.table.startswith("transfer"):
            transfers.a_days_transfers()
        elif book.table == "stock_count_lines":
            shop.a_count((shop.a_product(), 1))
        else:
            written = book.ways[0].day if book.by_moment else "created_at"
            baker.make(model, **{written: timezone.now(), **day, **rest})
    columns = {name for _, text in book.rows(a_day()) for name in orjson.loads(text)[1]}
    expected = {
        field.column for field in model._meta.concrete_fields if not field.generated
    } - model.MOVING_COLUMNS
    always_empty = {
        field.column
        for field in model._meta.concrete_fields
        if field.null and not model.objects.exclude(**{field.name: None}).exists()
    }
    assert columns == expected - always_empty


def test_the_checksums_name_every_row_under_a_seal() -> None:
    shop.a_days_work()
    day = today()
    sealed = sealing.seal_of(a_day())
    named = sealing.checksums(sealed.row_counts, sealed.checksums)
    entries = JournalEntry.objects.filter(business_date=day).values_list("id", flat=True)
    assert [row_id for table, row_id in named if table == "journal_entries"] == sorted(entries)
    assert len(named) == sum(sealed.row_counts.values())


def test_a_seal_costs_the_same_statements_for_one_row_as_for_hundreds(queries: Any) -> None:
    costs = []
    for sales in (1, 50):
        for _ in range(sales):
            shop.sell((shop.a_service(), 1))
        costs.append(len(queries(lambda: sealing.seal_of(a_day()))))
    assert costs == [34, 34]
