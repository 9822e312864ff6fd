"""The auditor's file: SAF-T Financial (OECD 2.0 in the Norwegian schema, version 1.10).

The chart, customers and suppliers with what they began and ended at, and every entry of the period
with its lines. It has no stock: value is on the inventory account.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.db.models import Count, Sum

from accounts.models import Store
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.days import business_day, today
from pos_project.core.money import ZERO, money
from pos_project.core.period import ONE_DAY, Period
from purchasing.models import Supplier
from sales.models import Customer

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
NOT_KNOWN = "NA"  # where the schema wants what a shop does not keep


def saft(period: Period, *, currency: str, country: str) -> Iterator[str]:
    """The file in pieces, an entry each. Runs inside the caller's snapshot."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<AuditFile xmlns="{NAMESPACE}">'
    yield _text(_header(period, currency, country))
    yield "<MasterFiles>"
    yield _text(_accounts(period))
    for kind, model in (("Customer", Customer), ("Supplier", Supplier)):
        parties = _parties(kind, model, period)
        if len(parties):
            yield _text(parties)
    yield "</MasterFiles>"
    yield from _entries(period)
    yield "</AuditFile>"


def _header(period: Period, currency: str, country: str) -> Element:
    shop = Store.objects.order_by("id").first()
    assert shop is not None  # (the first store comes with migrate and cannot go)
    header = Element("Header")
    for name, text in (
        ("AuditFileVersion", "1.10"),
        ("AuditFileCountry", country),
        ("AuditFileDateCreated", str(today())),
        ("SoftwareCompanyName", "POS back office"),
        ("SoftwareID", "POS back office"),
        ("SoftwareVersion", str(settings.SPECTACULAR_SETTINGS["VERSION"])),
    ):
        _add(header, name, text, 70)
    company = SubElement(header, "Company")
    _add(company, "RegistrationNumber", shop.tax_number or NOT_KNOWN, 35)
    _add(company, "Name", shop.name, 70)
    _add(SubElement(company, "Address"), "StreetName", " ".join(shop.address.split()), 70)
    contact = SubElement(company, "Contact")
    person = SubElement(contact, "ContactPerson")
    _add(person, "FirstName", NOT_KNOWN, 35)
    _add(person, "LastName", NOT_KNOWN, 70)
    _add(contact, "Telephone", shop.phone or NOT_KNOWN, 18)
    _add(header, "DefaultCurrencyCode", currency, 3)
    chosen = SubElement(header, "SelectionCriteria")
    _add(chosen, "SelectionStartDate", str(period.first), 10)
    _add(chosen, "SelectionEndDate", str(period.last), 10)
    _add(header, "TaxAccountingBasis", "A", 1)
    return header


def _accounts(period: Period) -> Element:
    found = Element("GeneralLedgerAccounts")
    before, after = (
        _balances(last, "account_id") for last in (period.first - ONE_DAY, period.last)
    )
    for account in LedgerAccount.objects.order_by("number"):
        element = SubElement(found, "Account")
        _add(element, "AccountID", account.number, 70)
        _add(element, "AccountDescription", account.name, 256)
        _add(element, "AccountType", "GL", 2)
        _add_balances(element, before.get(account.code, ZERO), after.get(account.code, ZERO))
    return found


def _parties(kind: str, model: Any, period: Period) -> Element:
    """Customers or suppliers that ever stood in the books, with what they owe less what they gave
    in advance (customers), or the opposite."""
    found = Element(f"{kind}s")
    column = f"{kind.lower()}_id"
    before, after = (_balances(last, column) for last in (period.first - ONE_DAY, period.last))
    for party_id, name in (
        model.objects.filter(pk__in=after).order_by("id").values_list("id", "name")
    ):
        element = SubElement(found, kind)
        _add(element, "Name", name, 70)
        _add(SubElement(element, "Address"), "StreetName", NOT_KNOWN, 70)
        _add(element, f"{kind}ID", str(party_id), 35)
        _add_balances(element, before.get(party_id, ZERO), after[party_id])
    return found


def _balances(last: date, column: str) -> dict[Any, Decimal]:
    """Debits less credits up to a day, by a column of the journal's lines."""
    lines = JournalLine.objects.filter(entry__business_date__lte=last).values_list(column)
    sums = lines.annotate(debits=Sum("debit"), credits=Sum("credit")).order_by()
    return {key: money(debits) - money(credits) for key, debits, credits in sums if key}


def _entries(period: Period) -> Iterator[str]:
    lines = JournalLine.objects.filter(
        entry__business_date__gte=period.first, entry__business_date__lte=period.last
    )
    sums = lines.aggregate(
        debits=Sum("debit"), credits=Sum("credit"), entries=Count("entry", distinct=True)
    )
    yield "<GeneralLedgerEntries>"
    yield f"<NumberOfEntries>{sums['entries']}</NumberOfEntries>"
    yield f"<TotalDebit>{money(sums['debits'] or 0)}</TotalDebit>"
    yield f"<TotalCredit>{money(sums['credits'] or 0)}</TotalCredit>"
    rows = lines.order_by("entry__event", "entry_id", "id").values_list(
        *("entry__event", "entry_id", "entry__business_date", "entry__created_at"),
        *("entry__reference", "entry__memo", "entry__created_by_id", "id", "account__number"),
        *("debit", "credit", "customer_id", "supplier_id"),
    )
    for event, of_event in groupby(rows.iterator(), key=itemgetter(0)):
        label = JournalEntry.Event(event).label
        yield f"<Journal><JournalID>{event[:18]}</JournalID>"
        yield f"<Description>{label}</Description><Type>{event[:9]}</Type>"
        for _, of_entry in groupby(of_event, key=itemgetter(1)):
            yield _text(_transaction(label, list(of_entry)))
        yield "</Journal>"
    yield "</GeneralLedgerEntries>"


def _transaction(label: str, lines: list[tuple[Any, ...]]) -> Element:
    _, entry_id, day, at, reference, memo, user_id, *_ = lines[0]
    told = " ".join(filter(None, (label, reference, memo)))
    element = Element("Transaction")
    for name, text in (
        ("TransactionID", str(entry_id)),
        ("Period", str(day.month)),
        ("PeriodYear", str(day.year)),
        ("TransactionDate", str(day)),
        ("SourceID", str(user_id)),
        ("Description", told),
        ("SystemEntryDate", str(business_day(at))),
        ("GLPostingDate", str(day)),
    ):
        _add(element, name, text, 256)
    for *_, line_id, account, debit, credit, customer_id, supplier_id in lines:
        line = SubElement(element, "Line")
        _add(line, "RecordID", str(line_id), 18)
        _add(line, "AccountID", account, 70)
        if customer_id:
            _add(line, "CustomerID", str(customer_id), 35)
        if supplier_id:
            _add(line, "SupplierID", str(supplier_id), 35)
        _add(line, "Description", told, 256)
        side = SubElement(line, "DebitAmount" if debit else "CreditAmount")
        _add(side, "Amount", str(debit or credit), 18)
    return element


def _add_balances(element: Element, before: Decimal, after: Decimal) -> None:
    for name, amount in (("Opening", before), ("Closing", after)):
        side = "Credit" if amount < 0 else "Debit"
        _add(element, f"{name}{side}Balance", str(abs(amount)), 18)


def _add(parent: Element, name: str, text: str, longest: int) -> None:
    SubElement(parent, name).text = _printable(text)[:longest]


def _printable(text: str) -> str:
    """Without what XML cannot hold, on one line."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def _text(element: Element) -> str:
    return tostring(element, encoding="unicode")
