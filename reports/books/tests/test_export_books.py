"""Two programs that we did not write agree with the books, and say so where they are wrong."""

import os
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger.journal_models import JournalEntry
from pos_project.core.errors import Conflict
from pos_project.tests import transfers
from reports.books.book import beginning
from reports.books.saft import NAMESPACE
from reports.books.tests.judges import HLEDGER, beancount_says, book_of, hledger_says, whole_book
from reports.reconciliation.tests.corruption import BROKEN
from reports.reconciliation.tests.corruption.by_hand import change_first, undone
from reports.tests.a_shops_week import Week

pytestmark = pytest.mark.django_db
needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., Week]) -> Week:
    return standing(a_week_with_transfers)


def a_week_with_transfers() -> Week:
    week = Week()
    transfers.a_days_transfers()
    return week


@pytest.fixture
def week(traded: Week) -> Week:
    return deepcopy(traded)


# --- Honest books ---


def test_beancount_does_first_in_first_out_again_and_agrees(week: Week) -> None:
    book = whole_book()
    assert len(book.transactions) >= JournalEntry.objects.count()
    assert beancount_says(book) == []


@needs_hledger
def test_hledger_finds_every_entry_balanced_and_every_account_where_it_must_be(week: Week) -> None:
    assert hledger_says(whole_book()) == ""


def test_each_day_begins_with_the_lots_and_balances_that_the_day_before_left(week: Week) -> None:
    first = beginning()
    days = {entry.business_date for entry in JournalEntry.objects.all()}
    assert len(days) > 1
    for day in sorted(days):
        assert beancount_says(book_of(day, day)) == []
        assert beancount_says(book_of(first, day)) == []


# --- Books with a fault ---

# Rows that are no part of the books, and what the program itself built of them.
NO_BOOKS = (
    *("summaries", "seals", "closed_days_", "nothing_", "kept_", "the_kept_", "keys_", "ids_"),
    *("unique_", "services_", "search_", "rows_of_one_", "movements_are_", "tendered_"),
    *("documents_name_", "shifts_", "slips_", "entries_are_in_a_shift_", "z_numbers_"),
    *("cash_movements_are_", "document_numbers_", "numbered_documents_", "documents_are_numbered"),
    *("master_data_", "transfers_are_"),
)
PAGE = Path(settings.BASE_DIR, "docs", "export-books.md")


@pytest.mark.dear
@needs_hledger
def test_the_page_says_which_faults_each_judge_finds_by_itself(week: Week) -> None:
    found = []
    for name, ways in BROKEN.items():
        if name.startswith(NO_BOOKS):
            continue
        by_beancount = by_hledger = 0
        for breaking in ways:
            with undone():
                breaking(week)
                book = whole_book()
                by_beancount += bool(beancount_says(book))
                by_hledger += bool(hledger_says(book))
        found.append(f"| `{name}` | {len(ways)} | {by_beancount} | {by_hledger} |")
    told = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert told == found


# --- The auditor's file ---


def test_every_account_closes_at_its_opening_and_the_lines_between(week: Week) -> None:
    day = JournalEntry.objects.latest("id").business_date
    file = ElementTree.fromstring(  # noqa: S314 (our own)
        export("--format", "saft", "--from", str(day))
    )
    moved: dict[str, Decimal] = {}
    for line in file.iter(tag("Line")):
        for side, sign in (("DebitAmount", 1), ("CreditAmount", -1)):
            for amount in line.iterfind(f"{tag(side)}/{tag('Amount')}"):
                account = line.findtext(tag("AccountID"), "")
                moved[account] = moved.get(account, Decimal(0)) + sign * Decimal(amount.text or "")
    assert moved
    for account in file.iter(tag("Account")):
        opening, closing = (
            Decimal(account.findtext(tag(f"{when}DebitBalance"), "0"))
            - Decimal(account.findtext(tag(f"{when}CreditBalance"), "0"))
            for when in ("Opening", "Closing")
        )
        number = account.findtext(tag("AccountID"), "")
        assert closing - opening == moved.get(number, 0), number


@pytest.mark.skipif("SAFT_SCHEMA" not in os.environ, reason="SAFT_SCHEMA names no schema's file")
def test_the_file_is_valid_by_the_public_schema(week: Week) -> None:
    schema = pytest.importorskip("xmlschema").XMLSchema(os.environ["SAFT_SCHEMA"])
    assert [error.reason for error in schema.iter_errors(export("--format", "saft"))] == []


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


# --- The command ---


def export(*options: str) -> str:
    out = StringIO()
    call_command("export_books", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_month_is_written_to_a_file(week: Week, tmp_path: Path) -> None:
    file = tmp_path / "books.beancount"
    day = JournalEntry.objects.latest("id").business_date
    export("--format", "beancount", "--month", f"{day:%Y-%m}", "--output", str(file))
    text = file.read_text()
    assert f"{day:%Y-%m}-01 open Assets:1010-Cash BDT" in text
    assert text == export("--format", "beancount", "--month", f"{day:%Y-%m}")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--month", "2026-13"), "a month, YYYY-MM"),
        (("--from", "2026-02-30"), "a real date"),
        (("--from", "2026-08-02", "--to", "2026-08-01"), "--from is after --to"),
        (("--month", "2026-08", "--to", "2026-08-01"), "Give --month, or --from and --to"),
        (("--currency", "taka"), "three capital letters"),
        (("--output", "/nowhere/books"), "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(options: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        export("--format", "hledger", *options)


def test_a_use_of_a_batch_that_is_gone_is_said_before_anything_is_written(week: Week) -> None:
    with undone():
        change_first("sale_item_batches", "id > 0", "batch_id = 98765")
        with pytest.raises(Conflict, match="batch 98765, which is not there"):
            whole_book()
