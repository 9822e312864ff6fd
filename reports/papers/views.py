"""`/papers/…`: the pages behind signed links. No session, no token: the link is the right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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


def _missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    return render(request, "papers/missing.html", {"message": error.message}, status=404)


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
