"""The one view that shows every report: as a page, CSV, XLSX and PDF."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.stores import has_several, stores_of
from pos_project.back_office import charts
from pos_project.back_office.reports import books, links
from pos_project.back_office.reports.asking import (
    asked_of,
    at_page,
    kept_query,
    page_number,
    ranges_of,
)
from pos_project.back_office.reports.catalogue import FOR_THE_ACCOUNTANT, GROUPS, OF_ONE, REPORTS
from pos_project.back_office.reports.report import Asked, Chart, Report
from pos_project.core.back_office.ranges import OWN
from pos_project.core.db.store_rows import reported_store
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import Denied, DomainError, Invalid
from pos_project.core.http import xlsx_file
from pos_project.core.http.fields import parse_day
from pos_project.core.http.formats import note_export
from pos_project.core.money import ZERO
from pos_project.core.period import Period
from reports.documents import csv, document, pdf, xlsx
from reports.documents.document import Document, Row, Table, TooLong, written
from reports.statements.account_movements import BEGINNING
from reports.statements.scope import Scope
from reports.summaries.building import CATCHING_UP

LINES = 100  # of a page
NOTHING = document.accounted(ZERO)
CSV, XLSX, PDF = "csv", "xlsx", "pdf"


# --- One report ---


@require_safe
def show(request: HttpRequest, name: str, of: str = "") -> HttpResponseBase:
    """A report: `range`, or `fromDate` and `toDate`; `store_id`; `known_on`; a file's `format`."""
    report = REPORTS.get(name) or OF_ONE[name]
    wanted = request.GET.get("format", "")
    CATCHING_UP.now()
    try:
        asked = asked_of(request, report, of)
    except (Invalid, Denied) as error:
        return _refused(request, report, error.message)
    try:
        with reported_store(asked.scope.store_id):
            if wanted in _FILES:
                return _FILES[wanted](request, report, asked)
            with snapshot():
                return _page(request, report, asked)
    except (TooLong, xlsx_file.TooManyRows):
        return _refused(
            request, report, "Too long for this: choose fewer days, or another kind of file."
        )
    except DomainError as error:  # nobody has this id
        raise Http404(error.message) from error


def _as_csv(request: HttpRequest, report: Report, asked: Asked) -> HttpResponseBase:
    named: list[Document] = []

    def lines() -> Iterator[bytes]:
        with snapshot():
            named.append(report.build(asked))
            yield from csv.render(named[0])

    pieces = lines()
    first = next(pieces)  # what is wrong shows before anything is sent
    file = StreamingHttpResponse(chain([first], pieces))
    return _file(request, file, "text/csv; charset=utf-8", f"{named[0].file_name}.csv")


def _as_xlsx(request: HttpRequest, report: Report, asked: Asked) -> HttpResponseBase:
    with snapshot():
        made = report.build(asked)
        file = HttpResponse(xlsx.render(made))
    return _file(request, file, xlsx_file.CONTENT_TYPE, f"{made.file_name}.xlsx")


def _as_pdf(request: HttpRequest, report: Report, asked: Asked) -> HttpResponseBase:
    with snapshot():
        made = report.build(asked)
        file = HttpResponse(pdf.render(made))
    return _file(request, file, "application/pdf", f"{made.file_name}.pdf")


_FILES: dict[str, Callable[[HttpRequest, Report, Asked], HttpResponseBase]] = {
    CSV: _as_csv,
    XLSX: _as_xlsx,
    PDF: _as_pdf,
}


def _file(
    request: HttpRequest, answer: HttpResponseBase, content_type: str, name: str
) -> HttpResponseBase:
    note_export(request)
    answer.headers["Content-Type"] = content_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# --- The page ---


@dataclass(frozen=True)
class Lines:
    """What a page shows of a table: its rows, and which of how many lines they are."""

    rows: list[dict[str, Any]]
    first: int
    last: int
    count: int


def _page(request: HttpRequest, report: Report, asked: Asked) -> HttpResponse:
    start = LINES * (page_number(request) - 1)
    if report.window:
        window = report.window(asked, start, LINES)
        made, count = window.document, window.count
        table = made.tables[0]
        rows = list(table.rows)
        drawn_from = window.first
    else:
        made = report.build(asked)
        table = made.tables[0]
        rows = list(table.rows)
        drawn_from = rows
        count = sum(row.style == "line" for row in rows)
    drawn = None if report.chart is None else _drawn(report.chart, table, drawn_from)
    if not report.window:
        rows = _cut(rows, start)
    shown = sum(row.style == "line" for row in rows)
    return _answer(
        request,
        report,
        asked,
        {
            "title": made.title,
            "days": _in_words(asked),
            "shop": asked.scope.shop.name,
            "facts": [fact for fact in made.facts if fact[0] not in ("Period", "As of")],
            "columns": table.columns,
            "lines": Lines(
                [_shown(row, table, asked) for row in rows],
                start + 1 if shown else 0,
                start + shown,
                count,
            ),
            "sums": [(each.label, document.amount(each.amount)) for each in table.sums],
            "notes": made.notes,
            "chart": drawn,
            "chart_options": charts.OPTIONS,
            "earlier": at_page(request, start // LINES) if start else None,
            "later": at_page(request, start // LINES + 2) if start + shown < count else None,
            "files": [
                (name.upper(), f"?{urlencode({**kept_query(request), 'format': name})}")
                for name in _FILES
            ],
            "explain": _explain_link(report, asked),
            "next_step": report.next_step and (report.next_step[0], report.next_step[1](asked)),
        },
    )


def _cut(rows: list[Row], start: int) -> list[Row]:
    """The lines of a page; headings and totals are on every one."""
    kept, seen = [], 0
    for row in rows:
        if row.style == "line":
            seen += 1
            if not start < seen <= start + LINES:
                continue
        kept.append(row)
    return kept


def _shown(row: Row, table: Table, asked: Asked) -> dict[str, Any]:
    cells = []
    words = sum(not column.is_figure for column in table.columns)
    for at, (value, column) in enumerate(zip(row.cells, table.columns, strict=False)):
        text, about = written(value, column.kind), row.about.get(at)
        is_nothing = text in ("", NOTHING)
        look = ["figure"] if column.is_figure else ["name"] if at == words - 1 else []
        cells.append(
            {
                "text": text,
                "is_figure": column.is_figure,
                "look": " ".join([*look, *(["nothing"] if is_nothing else [])]),
                "link": links.address(about, asked) if about and not is_nothing else None,
                "label": column.label,
            }
        )
    return {"style": row.style, "cells": cells}


def _drawn(chart: Chart, table: Table, rows: Sequence[Row]) -> str | None:
    """The data of the chart; none where there is nothing to compare."""
    picked = [row for row in rows if row.style == chart.style][: chart.most]
    if len(picked) < 2:
        return None
    if chart.oldest_first:
        picked.reverse()
    kind = table.columns[chart.label].kind
    labels = [written(row.cells[chart.label], kind) for row in picked]
    return charts.bars(
        labels,
        *(
            (table.columns[at].label, [row.cells[at] or ZERO for row in picked])
            for at in chart.values
        ),
    )


def _refused(request: HttpRequest, report: Report, problem: str) -> HttpResponse:
    answer = _answer(request, report, None, {"title": report.title, "problem": problem})
    answer.status_code = 400
    return answer


def _answer(
    request: HttpRequest, report: Report, asked: Asked | None, shown: dict[str, Any]
) -> HttpResponse:
    chosen = asked.range if asked else OWN
    period = asked.period if asked else None
    by: Any = request.user
    stores = stores_of(by) if has_several() else []
    context = {
        **admin.site.each_context(request),
        "report": report,
        "ranges": ranges_of(request, report, chosen),
        "own": chosen == OWN,
        "from": _iso(request, "fromDate", period.first if period else None),
        "to": _iso(request, "toDate", period.last if period else None),
        "known_on": _iso(request, "known_on", asked.scope.known_on if asked else None),
        "stores": stores if len(stores) > 1 else [],
        "store_id": asked.scope.store_id if asked else None,
        **shown,
    }
    return TemplateResponse(request, "back_office/report.html", context)


def _in_words(asked: Asked) -> str:
    first, last = asked.period.first, asked.period.last
    if asked.scope.is_as_of:
        return f"At the end of {last:%A} {document.day(last)}"
    if first == last:
        return f"{first:%A} {document.day(first)}"
    return f"{document.day(first)} to {document.day(last)}"


def _iso(request: HttpRequest, name: str, day: date | None) -> str:
    """What stands in a date field: the day shown, else what was typed if it is a day."""
    day = day or parse_day(request.GET.get(name))
    return day.isoformat() if day else ""


# --- All reports, and all at once ---


@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """What there is, each with what it says."""
    groups = [
        (
            heading,
            [(report, reverse(f"report-{report.name}")) for report in reports],
        )
        for heading, reports in GROUPS
    ]
    context = {**admin.site.each_context(request), "title": "Reports", "groups": groups}
    return TemplateResponse(request, "back_office/reports.html", context)


_ACCOUNTANT = Report(
    "accountant",
    "For the accountant",
    "The statements of the books and every journal line as one workbook.",
    lambda asked: books.journal(asked.scope),
    usual="last_month",
)


@require_safe
def for_the_accountant(request: HttpRequest) -> HttpResponseBase:
    """Which days, and the workbook of them: the statements, then the journal."""
    CATCHING_UP.now()
    try:
        asked = asked_of(request, _ACCOUNTANT)
        if request.GET.get("format") != XLSX:
            return _contents(request, asked)
        with snapshot():
            made = [_sheet(name, asked) for name in FOR_THE_ACCOUNTANT]
            file = HttpResponse(xlsx.render(*made, books.journal(asked.scope)))
    except (Invalid, Denied) as error:
        return _refused(request, _ACCOUNTANT, error.message)
    name = f"books-{asked.scope.days}.xlsx"
    return _file(request, file, xlsx_file.CONTENT_TYPE, name)


def _sheet(name: str, asked: Asked) -> Document:
    report, scope = REPORTS[name], asked.scope
    if report.of_day:
        scope = Scope(scope.shop, scope.store_id, Period(BEGINNING, scope.day))
    return report.build(Asked(scope, asked.range))


def _contents(request: HttpRequest, asked: Asked) -> HttpResponse:
    query = urlencode(links.query(asked))
    sheets = [
        (REPORTS[name], f"{reverse(f'report-{name}')}?{query}") for name in FOR_THE_ACCOUNTANT
    ]
    download = f"?{urlencode({**kept_query(request), 'format': XLSX})}"
    shown = {
        "title": _ACCOUNTANT.title,
        "days": _in_words(asked),
        "shop": asked.scope.shop.name,
        "files": [("XLSX", download)],
        "sheets": sheets,
    }
    return _answer(request, _ACCOUNTANT, asked, shown)


def _explain_link(report: Report, asked: Asked) -> str | None:
    if not report.explains:
        return None
    address = reverse("report-explain", args=[report.explains, asked.of])
    return f"{address}?{urlencode({'toDate': asked.period.last})}"
