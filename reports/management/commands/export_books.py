import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pos_project.core.days import today
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import parse_day
from pos_project.core.period import ONE_DAY, Period
from reports.books.beancount import beancount
from reports.books.book import Book, beginning, read_book
from reports.books.hledger import hledger

FORMATS: dict[str, Callable[..., Iterator[str]]] = {"beancount": beancount, "hledger": hledger}


class Command(BaseCommand):
    help = (
        "Write the books for another program to check: Beancount (which does first in, first out"
        " again and refuses a cost that differs) or hledger. All of them, a month, or a range with"
        " its opening balances and lots. Reads everything at one moment, writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--month", type=_month, metavar="YYYY-MM", help="a month of the books")
        parser.add_argument("--from", type=_day, dest="first", metavar="YYYY-MM-DD")
        parser.add_argument("--to", type=_day, dest="last", metavar="YYYY-MM-DD", help="today")
        parser.add_argument("--currency", type=_currency, default="BDT", help="its code (BDT)")
        parser.add_argument("--output", type=Path, metavar="FILE", help="else to the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["month"] and (options["first"] or options["last"]):
            raise CommandError("Give --month, or --from and --to.")
        try:
            with snapshot():
                book = read_book(options["month"] or _range(options["first"], options["last"]))
        except DomainError as error:
            raise CommandError(error.message) from error
        lines = FORMATS[options["format"]](book, currency=options["currency"])
        if options["output"] is None:
            for line in lines:
                self.stdout.write(line)
            return
        try:
            with options["output"].open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}."
            ) from error
        self.stderr.write(_told(book, options["output"]))


def _told(book: Book, file: Path) -> str:
    return (
        f"{len(book.transactions)} transactions of {book.period.first} to {book.period.last}"
        f" written to {file}."
    )


def _range(first: date | None, last: date | None) -> Period:
    """From the first entry, or the first movement, to today unless said otherwise."""
    period = Period(first or beginning(), last or today())
    if period.first > period.last:
        raise CommandError("--from is after --to.")
    return period


def _day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise ArgumentTypeError("a real date, YYYY-MM-DD")
    return day


def _month(text: str) -> Period:
    first = parse_day(f"{text}-01")
    if first is None:
        raise ArgumentTypeError("a month, YYYY-MM")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Period(first, following - ONE_DAY)


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise ArgumentTypeError("three capital letters, as BDT or EUR")
    return text
