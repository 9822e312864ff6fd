"""`/papers/…`: documents behind signed links. No session, no token: the link is the right."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pos_project.core.errors import NotFound
from reports.documents import html, links, pdf
from reports.documents.document import Document


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """A document as a page that prints itself."""
    try:
        document = links.document_of(token)
    except NotFound as error:
        return missing(request, error)
    pdf_url = reverse("document-pdf", args=[token])
    return private(HttpResponse(html.render(document, pdf_url=pdf_url)))


@require_safe
def as_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """A document as PDF, shown in the browser."""
    try:
        document = links.document_of(token)
    except NotFound as error:
        return missing(request, error)
    return pdf_answer(document)


@staff_member_required
@require_safe
def own(request: HttpRequest, kind: str, document_id: int) -> HttpResponse:
    """From the back office to a document."""
    if kind not in links.BUILDERS:
        return missing(request, NotFound("There is no such document."))
    return redirect(links.link(kind, document_id))


def pdf_answer(document: Document) -> HttpResponse:
    answer = HttpResponse(pdf.render(document), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{document.file_name}.pdf"'
    return private(answer)


def missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    return render(request, "documents/missing.html", {"message": error.message}, status=404)


def private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
