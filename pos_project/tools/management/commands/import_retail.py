"""`manage.py import_retail FILE`: real tills' history, traded through the shop's own use cases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts.models import User
from ledger.chart_models import PaymentMethod
from pos_project.core.back_office.table_files import BadFile
from pos_project.core.commands import ShopCommand
from pos_project.core.days import today
from pos_project.core.db.unique_keys import key_of
from pos_project.core.http.permissions import ADMIN
from pos_project.core.people import Status
from pos_project.tools.imports import retail_file, retail_plan
from pos_project.tools.imports.retail import ImportRefused, Report, RetailImport, Tally

NOBODYS_EMAIL = "retail-import@localhost"


class Command(ShopCommand):
    help = (
        "Import a CSV file in the format of the UCI Online Retail data set "
        "(doi 10.24432/C5BW33): products and customers on first sight, one purchase per day of "
        "what that day sells (cost 60 % of the price, paid in cash), a sale per invoice, refunds "
        "for cancellations of earlier sales, stock corrections for rows without a price. The "
        "whole file is checked before anything is written. Run it once per file; running it "
        "again, also after it was stopped, imports nothing twice. See docs/import.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the CSV or XLSX file")
        parser.add_argument(
            "--dates",
            choices=[order.value for order in retail_file.Dates],
            help="how the file writes its days; asked for where each can be read both ways",
        )
        parser.add_argument(
            "--services",
            metavar="CODES",
            help="the codes that keep no stock, between commas, or none (default: postage, fees"
            " and the like, and codes without a digit where those are few)",
        )
        parser.add_argument(
            "--user",
            metavar="EMAIL",
            help="who imports; the same user every time (default: the first active admin, or"
            " an inactive user made for it where there is none)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="check the file, say what it holds, write nothing",
        )

    def handle(
        self,
        *,
        file: Path,
        user: str | None,
        dry_run: bool,
        dates: str | None,
        services: str | None,
        **_: Any,
    ) -> None:
        try:
            read = retail_file.read(
                file,
                today=today(),
                dates=retail_file.Dates(dates) if dates else None,
                methods=_methods(),
            )
            plan = retail_plan.plan(read.rows, services=_codes(services))
        except (BadFile, retail_plan.ServicesInDoubt) as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        self._write(*read.notes)
        if dry_run:
            self._foretell(plan)
            return
        work = RetailImport(plan, by=_importer(user))
        try:
            report = self._traded(work)
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run the import again to continue.") from None
        self._say(report)

    def _traded(self, work: RetailImport) -> Report:
        screen = Console(stderr=True)
        columns = (
            TextColumn("Importing"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
            task = bar.add_task("documents", total=work.document_count)
            return work.trade(traded=lambda: bar.advance(task))

    def _foretell(self, plan: retail_plan.Plan) -> None:
        documents = sum(len(day.documents) for day in plan.days)
        self._write(
            f"{plan.row_count:,} rows: {documents:,} documents of {len(plan.days):,} days, "
            f"{len(plan.goods):,} products, {len(plan.customers):,} customers. Nothing written.",
            *_listed(plan.skipped),
        )

    def _say(self, report: Report) -> None:
        bought = report.bought
        self._write(
            _line("Sold", report.sold, "sales"),
            _line("Returned", report.returned, "refunds"),
            _line("Corrected", report.corrected, "stock corrections, at cost"),
            f"  {'Skipped':<10} {len(report.skipped):>7,} rows",
            f"  {'Rows':<10} {report.row_count:>7,}",
            f"Bought for it: {bought.documents:,} purchases of {bought.amount:,.2f}, paid in cash"
            f"{_repeats(bought)}.",
            *_listed(report.skipped),
        )

    def _write(self, *lines: str) -> None:
        if lines:
            self.stdout.write("\n".join(lines))


def _line(name: str, tally: Tally, kind: str) -> str:
    return (
        f"  {name:<10} {tally.rows:>7,} rows: {tally.documents:,} {kind}, {tally.amount:,.2f}"
        f"{_repeats(tally)}"
    )


def _listed(skipped: Sequence[retail_plan.Skip]) -> list[str]:
    lines = [
        f"  row {skip.row.number}: {skip.row.invoice} {skip.row.code}, {skip.row.quantity} at "
        f"{skip.row.price}: {skip.reason}"
        for skip in skipped
    ]
    return ["Skipped:", *lines] if lines else []


def _repeats(tally: Tally) -> str:
    return f" ({tally.repeated:,} of them by an earlier run)" if tally.repeated else ""


def _methods() -> dict[str, str]:
    """What a file may call the shop's payment methods, and their codes."""
    active = PaymentMethod.objects.filter(is_active=True).values_list("code", "name")
    return {called: code for code, name in active for called in (name, code)}


def _codes(services: str | None) -> list[str] | None:
    if services is None:
        return None
    return [] if services == "none" else [code.strip() for code in services.split(",")]


def _nobody() -> User:
    """Who imports into a shop without an admin: a name in the books that cannot sign in."""
    return User.objects.create_user(
        name="Retail import", email=NOBODYS_EMAIL, status=Status.INACTIVE, password=None
    )


def _importer(email: str | None) -> User:
    active = User.objects.listed().filter(status=Status.ACTIVE).order_by("id")
    if email is None:
        known = User.objects.filter(email_key=key_of(NOBODYS_EMAIL)).first()
        return known or active.filter(role=ADMIN).first() or _nobody()
    user = active.filter(email_key=key_of(email)).first()
    if user is None:
        raise CommandError(f"No active user has the e-mail {email}.")
    return user
