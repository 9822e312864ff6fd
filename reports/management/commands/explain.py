import json
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from typing import IO, Any, cast

from django.core.management.base import CommandError
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from pos_project.core.commands import ShopCommand
from pos_project.core.days import today
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import DomainError
from pos_project.core.http.fields import MAX_ID, parse_day
from reports.statements.explain.account import explain_account
from reports.statements.explain.node import Explanation, Node, units_text
from reports.statements.explain.party import explain_customer, explain_supplier
from reports.statements.explain.product import explain_product
from reports.statements.explain.sale import explain_sale

WHATS = ("sale", "product", "account", "customer", "supplier")


class Command(ShopCommand):
    help = (
        "Explain a figure: a sale's total, tax, cost and due, a product's stock and value, an"
        " account's balance, what a customer or supplier stands at; down to batch, purchase line,"
        " supplier's invoice and journal line. Reads everything at one moment, writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=WHATS)
        parser.add_argument("id", help="an id; for an account its code or number")
        parser.add_argument(
            "--as-of", metavar="YYYY-MM-DD", help="an account at the end of this day (today)"
        )
        parser.add_argument("--json", action="store_true", help="print the tree as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with snapshot():
                told = _explain(options["what"], options["id"], options["as_of"])
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(told), indent=2, default=_plain))
        else:
            console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
            console.print(_tree(told))


def _explain(what: str, name: str, as_of: str | None) -> Explanation:
    if what == "account":
        return explain_account(name, as_of=_day(as_of))
    if as_of is not None:
        raise CommandError("--as-of is for accounts only.")
    if not (name.isascii() and name.isdigit() and 1 <= int(name[:20]) <= MAX_ID):
        raise CommandError(f"{name} is no id.")
    if what == "sale":
        return explain_sale(int(name))
    if what == "product":
        return explain_product(int(name))
    explain_party = explain_customer if what == "customer" else explain_supplier
    return explain_party(int(name), today=today())


def _day(text: str | None) -> date:
    if text is None:
        return today()
    day = parse_day(text)
    if day is None or day > today():
        raise CommandError("--as-of: a real date YYYY-MM-DD, not in the future.")
    return day


def _tree(told: Explanation) -> Tree:
    tree = Tree(f"[bold]{escape(told.title)}[/]")
    for figure in told.figures:
        _grow(tree, figure)
    return tree


def _grow(tree: Tree, node: Node) -> None:
    amount = f"{node.amount:,.2f}" if node.unit == "money" else units_text(node.amount)
    branch = tree.add(f"{escape(node.label)}  [cyan]{amount}[/]")
    for child in node.children:
        _grow(branch, child)


def _as_data(told: Explanation) -> dict[str, Any]:
    return {
        "title": told.title,
        "about": dict(told.about),
        "figures": [figure.as_data() for figure in told.figures],
    }


def _plain(value: Any) -> Any:
    # Exact: an amount in JSON is a number for reading, the text is the amount.
    return str(value) if isinstance(value, Decimal) else repr(value)
