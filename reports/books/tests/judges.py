"""The two programs that others wrote, asked what they think of a book."""

import shutil
import subprocess
from datetime import date, timedelta

from beancount import loader
from django.utils import timezone

from pos_project.core.period import Period
from reports.books.beancount import beancount
from reports.books.book import Book, beginning, read_book
from reports.books.hledger import hledger

HLEDGER = shutil.which("hledger")


def whole_book() -> Book:
    """All there is, and a day on: some rows are dated ahead."""
    return read_book(Period(beginning(), timezone.localdate() + timedelta(days=1)))


def book_of(first: date, last: date) -> Book:
    return read_book(Period(first, last))


def beancount_says(book: Book) -> list[str]:
    """Its complaints."""
    text = "\n".join(beancount(book, currency="BDT")) + "\n"
    _, errors, _ = loader.load_string(text)
    return [error.message for error in errors]


def hledger_says(book: Book) -> str:
    """Its first complaint, or nothing. Strict: every account and commodity is declared."""
    assert HLEDGER
    asked = subprocess.run(
        [HLEDGER, "-f", "-", "check", "--strict"],
        input="\n".join(hledger(book, currency="BDT")) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stderr.strip() if asked.returncode else ""
