import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from pos_project.core.commands import ShopCommand
from pos_project.core.days import today
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import parse_day
from pos_project.core.period import ONE_DAY, Period
from reports.books.beancount import beancount
from reports.books.book import beginning, read_book
from reports.books.hledger import hledger
from reports.books.saft import saft

Writer = Callable[[Period, str, str], Iterator[str]]
FORMATS: dict[str, Writer] = {
    "beancount": lambda period, currency, _: beancount(read_book(period), currency=currency),
    "hledger": lambda period, currency, _: hledger(read_book(period), currency=currency),
    "saft": lambda period, currency, country: saft(period, currency=currency, country=country),
}


class Command(ShopCommand):
    help = (
        "Write the books for another program to check: Beancount (which does first in, first out"
        " again and refuses a cost that differs), hledger, or an auditor's (SAF-T Financial). All"
        " of them, a month, or a range with its opening balances and lots. Reads everything at one"
        " moment, changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--month", type=_month, metavar="YYYY-MM", help="a month of the books")
        parser.add_argument("--from", type=_day, dest="first", metavar="YYYY-MM-DD")
        parser.add_argument("--to", type=_day, dest="last", metavar="YYYY-MM-DD", help="today")
        parser.add_argument("--currency", type=_currency, default="BDT", help="its code (BDT)")
        parser.add_argument("--country", type=_country, default="BD", help="of the SAF-T file (BD)")
        parser.add_argument("--output", type=Path, metavar="FILE", help="else to the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["month"] and (options["first"] or options["last"]):
            raise CommandError("Give --month, or --from and --to.")
        period = options["month"] or _range(options["first"], options["last"])
        write = FORMATS[options["format"]]
        try:
            with snapshot(), _output(options["output"], self.stdout) as file:
                for line in write(period, options["currency"], options["country"]):
                    file.write(f"{line}\n")
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["output"]:
            told = f"The books of {period.first} to {period.last} are in {options['output']}."
            self.stderr.write(told)


@contextmanager
def _output(path: Path | None, screen: Any) -> Iterator[Any]:
    if path is None:
        yield screen
        return
    try:
        with path.open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


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


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise ArgumentTypeError("two capital letters, as BD or NO")
    return text
