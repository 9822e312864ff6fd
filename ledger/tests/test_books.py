"""What a book says of customers or suppliers is what their tables have."""

from decimal import Decimal

import pytest
from django.db.models import Model

from ledger import advances, dues, parties
from ledger.dues import DueBook
from ledger.journal_models import JournalLine
from ledger.models import Payment
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import shop

BOOKS = list(dues.BOOKS.values())
of_each_book = pytest.mark.parametrize("book", BOOKS, ids=[book.party for book in BOOKS])


def columns(model: type[Model]) -> set[str]:
    return {column.attname for column in model._meta.concrete_fields}


def test_there_is_a_book_for_everybody_who_pays_or_is_paid() -> None:
    assert sorted(dues.BOOKS) == sorted(Payment.Party.values)


@of_each_book
def test_a_book_names_columns_that_are_there(book: DueBook) -> None:
    assert {book.party_key, book.document_key} <= columns(book.due_model)
    assert {book.party_key, book.oldest_first, "invoice_no"} <= columns(book.document_model)
    for model in (Payment, JournalLine):
        assert book.party_key in columns(model)
    editors = {"created_by_id", "updated_by_id"} & columns(book.party_model)
    assert bool(editors) == book.names_editors


@of_each_book
def test_what_was_paid_ahead_is_plus_on_either_side(db: None, book: DueBook) -> None:
    rahim, delta = shop.a_customer(), shop.a_supplier()
    shop.an_advance(rahim, 10)
    shop.an_advance_to(delta, 10)
    party = rahim if book.receives else delta

    assert advances.balance(book, party.pk) == Decimal(10)


@of_each_book
def test_a_party_is_signed_for_where_its_table_has_room_for_it(db: None, book: DueBook) -> None:
    first, second = shop.a_cashier("first"), shop.a_cashier("second")
    party = parties.add(book, {"name": "Rahim"}, by=first, picture=PictureChange())
    parties.change(book, party.pk, {"phone": "1"}, by=second, picture=PictureChange())

    party.refresh_from_db()
    assert (party.name, party.phone) == ("Rahim", "1")
    if book.names_editors:
        assert (party.created_by, party.updated_by) == (first, second)
