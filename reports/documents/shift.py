"""The X report of an open shift and the Z report of a closed one, as the till prints them."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from ledger.payments import METHODS
from ledger.shift_figures import ShiftReport, report_of
from ledger.till_models import Shift
from pos_project.core.errors import NotFound
from reports.documents.document import Column, Document, Letterhead, Row, Size, Sum, Table

_FIGURES = (Column("", width=2), Column("", "money"))
_MOMENT = "%d-%m-%Y %I:%M %p"


def shift_report(shift_id: int) -> Document:
    """What a shift came to, 80 mm wide. Raises NotFound."""
    shift: Shift | None = (
        Shift.objects.select_related("store", "till", "opened_by", "closed_by")
        .filter(pk=shift_id)
        .first()
    )
    if shift is None:
        raise NotFound("Shift not found")
    report = report_of(shift)
    facts = [("Till", shift.till.name)]
    facts.append(("Opened", f"{_written(shift.created_at)}, {shift.opened_by.name}"))
    if shift.closed_by is not None:
        facts.append(("Closed", f"{_written(shift.closed_at)}, {shift.closed_by.name}"))
        facts.append(("Counts on", f"{shift.business_date:%d-%m-%Y}"))
        title, reference = "Z report", str(shift.z_number)
    else:
        title, reference = "X report", timezone.localtime(timezone.now()).strftime(_MOMENT)
    notes = [f"Why it differs: {shift.reason}"] if shift.reason else []
    if shift.closed_by is None:
        notes.append("The shift is open: figures may still change.")
    return Document(
        title,
        reference,
        Letterhead.of(shift.store).for_the_books,
        facts,
        [table for table in _tables(report) if table is not None],
        Size.ROLL,
        notes=notes,
        name=f"{title}-{shift.store_id}-{shift.z_number or shift.pk}",
    )


def _tables(report: ShiftReport) -> list[Table | None]:
    return [_trade(report), _by_method(report), _moved(report), _till(report), _slips(report)]


def _trade(report: ShiftReport) -> Table:
    figures: dict[str, Decimal] = {
        f"Sales ({report.sales:,})": report.sold,
        "of it on credit": report.on_credit,
        "Discounts in it": report.discounts,
        f"Refunds ({report.refunds:,})": -report.refunded,
        "Tax in both": report.tax,
    }
    return Table(_FIGURES, [Row(row) for row in figures.items()], title="The shift")


def _by_method(report: ShiftReport) -> Table:
    columns = [Column("Method", width=1.4), *(Column(each, "money") for each in ("In", "Out"))]
    rows = [Row([METHODS.get()[code].name, came, -went]) for code, came, went in report.by_method()]
    return Table(columns, rows, title="Money in and out")


def _moved(report: ShiftReport) -> Table | None:
    rows = [
        Row([f"{moved.get_kind_display()}: {moved.reason}", moved.into_till])
        for moved in report.movements
    ]
    return Table(_FIGURES, rows, title="Cash put in and taken out") if rows else None


def _till(report: ShiftReport) -> Table:
    shift, sums = report.shift, report.sums
    rows = [
        Row(["Float", shift.opening_float]),
        Row(["Cash in", sums.cash_in]),
        Row(["Cash out", -sums.cash_out]),
    ]
    if shift.counted is None:
        return Table(_FIGURES, rows, [Sum("Expected cash", sums.expected, True)], title="Cash")
    rows += [
        Row(["Expected cash", shift.expected], "total"),
        *(
            Row([f"{note} × {count:,}", Decimal(note) * count])
            for note, count in (shift.denominations or {}).items()
        ),
        Row(["Counted", shift.counted], "total"),
    ]
    assert shift.difference is not None
    word = "Over" if shift.difference > 0 else "Short" if shift.difference < 0 else "Difference"
    return Table(_FIGURES, rows, [Sum(word, abs(shift.difference), True)], title="Cash")


def _slips(report: ShiftReport) -> Table | None:
    columns = [Column("Slips", width=1.4), *(Column(each, "money") for each in ("Books", "Slips"))]
    rows = [
        Row([each["name"], Decimal(each["expected"]), _counted(each["counted"])])
        for each in (report.shift.slips or {}).values()
    ]
    return Table(columns, rows, title="Cards and wallets") if rows else None


def _counted(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _written(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime(_MOMENT)
