"""`/papers/…`: the pages behind signed links. No session, no token: the link is the right."""

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.http.fields import parse_day
from pos_project.core.http.period_query import period_of
from pos_project.core.period import Period
from reports.documents import html, links, pdf
from reports.documents.document import Paper
from reports.statements import documents

STATEMENT_DAYS = 90


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """A paper as a page that prints itself."""
    try:
        paper = links.paper_of(token)
    except NotFound as error:
        return _missing(request, error)
    return _private(HttpResponse(html.render(paper, pdf_url=reverse("paper-pdf", args=[token]))))


@require_safe
def as_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """A paper as PDF, shown in the browser."""
    try:
        paper = links.paper_of(token)
    except NotFound as error:
        return _missing(request, error)
    return _pdf(paper)


@staff_member_required
@require_safe
def own(request: HttpRequest, kind: str, document_id: int) -> HttpResponse:
    """From the back office to the paper of a document."""
    if kind not in links.PAPERS:
        return _missing(request, NotFound("There is no such paper."))
    return redirect(links.link(kind, document_id))


@staff_member_required
@require_safe
def day_closing(request: HttpRequest, day: str) -> HttpResponse:
    """What a business day came to; `?format=pdf` for the PDF. No link leads here from outside."""
    wanted = parse_day(day)
    if wanted is None:
        return _missing(request, NotFound("There is no such day."))
    with snapshot():
        paper = documents.day_closing(wanted)
    return _of_the_office(request, paper)


@staff_member_required
@require_safe
def statement(request: HttpRequest, kind: str, party_id: int) -> HttpResponse:
    """A statement of `fromDate` to `toDate`, by default the last 90 days; `?format=pdf` as PDF.

    The page offers other days; what is wrong with the days asked for is said there.
    """
    if kind not in documents.STATEMENTS:
        return _missing(request, NotFound("There is no such paper."))
    try:
        days = period_of(request.GET, days=STATEMENT_DAYS)
        with snapshot():
            paper = documents.statement(kind, party_id, days)
    except Invalid as error:
        first, last = (parse_day(request.GET.get(name)) for name in ("fromDate", "toDate"))
        shown = {"days": {"first": first, "last": last}, "message": error.message}
        return _private(render(request, "documents/choose_days.html", shown, status=400))
    except NotFound as error:
        messages.error(request, error.message)
        return redirect("admin:index")
    return _of_the_office(request, paper, days)


def _of_the_office(request: HttpRequest, paper: Paper, days: Period | None = None) -> HttpResponse:
    if request.GET.get("format") == "pdf":
        return _pdf(paper)
    query = request.GET.copy()
    query["format"] = "pdf"
    pdf_url = f"{request.path}?{query.urlencode()}"
    return _private(HttpResponse(html.render(paper, pdf_url=pdf_url, days=days)))


def _pdf(paper: Paper) -> HttpResponse:
    answer = HttpResponse(pdf.render(paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper.file_name}.pdf"'
    return _private(answer)


def _missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    return render(request, "documents/missing.html", {"message": error.message}, status=404)


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
