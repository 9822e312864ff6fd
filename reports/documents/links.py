"""Links to papers: signed, so that a customer can open their own receipt and nobody else's."""

from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pos_project.core.errors import NotFound
from reports.documents import sale_and_purchase
from reports.documents.document import Paper

PAPERS: dict[str, Callable[[int], Paper]] = {
    "receipt": sale_and_purchase.receipt,
    "invoice": sale_and_purchase.invoice,
    "purchase-order": sale_and_purchase.purchase_order,
}
_SALT = "papers"
VALID_SECONDS = 90 * 24 * 3600  # a receipt is looked at again when something breaks


def link(kind: str, document_id: int, *, pdf: bool = False) -> str:
    """The path of a paper. Whoever has it may read this one paper, for ninety days."""
    assert kind in PAPERS, kind
    token = signing.dumps([kind, document_id], salt=_SALT)
    return reverse("paper-pdf" if pdf else "paper", args=[token])


def absolute_link(kind: str, document_id: int, *, pdf: bool = False) -> str:
    """The same with the shop's own address (APP_BASE_URL), for mails and till screens."""
    return settings.APP_BASE_URL.rstrip("/") + link(kind, document_id, pdf=pdf)


def paper_of(token: str) -> Paper:
    """The paper of a link. Raises NotFound for a forged, broken or expired one."""
    try:
        kind, document_id = signing.loads(token, salt=_SALT, max_age=VALID_SECONDS)
        build = PAPERS[kind]
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise NotFound("This link is not valid (any more).") from error
    return build(int(document_id))
