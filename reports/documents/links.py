"""Links to documents: signed, so that a customer can open their own receipt and nobody else's."""

from collections.abc import Callable

from django.core import signing
from django.urls import reverse

from pos_project.core.errors import NotFound
from reports.documents import pick_list, sale_and_purchase, shift, transfer
from reports.documents.document import Document

BUILDERS: dict[str, Callable[[int], Document]] = {
    "receipt": sale_and_purchase.receipt,
    "invoice": sale_and_purchase.invoice,
    "credit-note": sale_and_purchase.credit_note,
    "pick-list": pick_list.pick_list,
    "shift": shift.shift_report,
    "transfer": transfer.transfer_note,
    "purchase-order": sale_and_purchase.goods_received_note,
}
_SALT = "papers"
VALID_SECONDS = 90 * 24 * 3600  # a receipt is looked at again when something breaks


def link(kind: str, document_id: int, *, pdf: bool = False) -> str:
    """The path of a document. Whoever has it may read this one document, for ninety days."""
    assert kind in BUILDERS, kind
    token = signing.dumps([kind, document_id], salt=_SALT)
    return reverse("document-pdf" if pdf else "document", args=[token])


def document_of(token: str) -> Document:
    """The document of a link. Raises NotFound for a forged, broken or expired one."""
    try:
        kind, document_id = signing.loads(token, salt=_SALT, max_age=VALID_SECONDS)
        build = BUILDERS[kind]
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise NotFound("This link is not valid (any more).") from error
    return build(int(document_id))
