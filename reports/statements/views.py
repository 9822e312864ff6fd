"""`/admin/papers/…`: day closings and party statements of the back office, as pages and PDF."""

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Store
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.http.fields import parse_day
from pos_project.core.http.period_query import period_of
from pos_project.core.period import Period
from reports.documents import html
from reports.documents.document import Document, Letterhead
from reports.documents.views import missing, pdf_answer, private
from reports.statements import day_closing_document, party_statement

STATEMENT_DAYS = 90
SIDES = {
    "customer-statement": party_statement.CUSTOMERS,
    "supplier-statement": party_statement.SUPPLIERS,
}


@staff_member_required
@require_safe
def day_closing(request: HttpRequest, day: str) -> HttpResponse:
    """What a business day came to; `?format=pdf` for the PDF. No link leads here from outside."""
    wanted = parse_day(day)
    if wanted is None:
        return missing(request, NotFound("There is no such day."))
    with snapshot():
        return _answer(request, day_closing_document.day_closing(wanted, _shop()))


@staff_member_required
@require_safe
def statement(request: HttpRequest, kind: str, party_id: int) -> HttpResponse:
    """A statement of `fromDate` to `toDate`, by default the last 90 days; `?format=pdf` as PDF.

    The page offers other days; what is wrong with the days asked for is said there.
    """
    if kind not in SIDES:
        return missing(request, NotFound("There is no such document."))
    try:
        days = period_of(request.GET, days=STATEMENT_DAYS)
        with snapshot():
            of_party = party_statement.party_statement(SIDES[kind], party_id, days)
            return _answer(request, party_statement.document(of_party, _shop()), days)
    except Invalid as error:
        first, last = (parse_day(request.GET.get(name)) for name in ("fromDate", "toDate"))
        shown = {"days": {"first": first, "last": last}, "message": error.message}
        return private(render(request, "documents/choose_days.html", shown, status=400))
    except NotFound as error:
        messages.error(request, error.message)
        return redirect("admin:index")


def _shop() -> Letterhead:
    return Letterhead.of(Store.objects.get(pk=Store.FIRST_ID))


def _answer(request: HttpRequest, document: Document, days: Period | None = None) -> HttpResponse:
    if request.GET.get("format") == "pdf":
        return pdf_answer(document)
    query = request.GET.copy()
    query["format"] = "pdf"
    pdf_url = f"{request.path}?{query.urlencode()}"
    return private(HttpResponse(html.render(document, pdf_url=pdf_url, days=days)))
