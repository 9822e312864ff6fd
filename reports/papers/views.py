"""`/papers/…`: the pages behind signed links. No session, no token: the link is the right."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pos_project.core.errors import NotFound
from reports.papers import html, links, pdf


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
    answer = HttpResponse(pdf.render(paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper.file_name}.pdf"'
    return _private(answer)


@staff_member_required
@require_safe
def own(request: HttpRequest, kind: str, document_id: int) -> HttpResponse:
    """From the back office to the paper of a document."""
    if kind not in links.PAPERS:
        return _missing(request, NotFound("There is no such paper."))
    return redirect(links.link(kind, document_id))


def _missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    return render(request, "papers/missing.html", {"message": error.message}, status=404)


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
