"""The lines of a transfer on its page, and what of them the sending store does not have yet."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from inventory.store_stock import not_in_stock, with_stock
from inventory.transfer_models import Transfer, TransferLine
from pos_project.core.back_office.posted_records import HistoryInline


class TransferLineInline(HistoryInline):
    model = TransferLine
    verbose_name_plural = "lines"
    fields = ("product_name", "wanted", "lacks", "left", "on_the_way", "came", "differs", "reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_stock(super().get_queryset(request))

    @display(description="asked for")
    def wanted(self, line: TransferLine) -> str:
        return plain(line.asked)

    @display(description="not in stock")
    def lacks(self, line: TransferLine) -> str:
        return str(not_in_stock(line) or "–")

    @display(description="sent")
    def left(self, line: TransferLine) -> str:
        return plain(line.sent)

    @display(description="on the way")
    def on_the_way(self, line: TransferLine) -> str:
        return plain(line.sent) if line.transfer.status == Transfer.Status.SENT else "–"

    @display(description="came")
    def came(self, line: TransferLine) -> str:
        return plain(line.received)

    @display(description="differs by")
    def differs(self, line: TransferLine) -> str:
        return line.difference or "–"


def plain(units: Decimal | None) -> str:
    """Units as people write them; a dash where nobody has said yet."""
    return "–" if units is None else f"{units.normalize():f}"


def as_it_stands(done: Transfer) -> str:
    """How it stands, and what of it the sending store does not have yet."""
    lacking = ", ".join(
        f"{units} of {line.product_name}"
        for line in with_stock(TransferLine.objects.filter(transfer=done))
        if (units := not_in_stock(line))
    )
    return f"{done}: {done.get_status_display().lower()}." + (
        f" Not in stock there: {lacking}." if lacking else ""
    )
