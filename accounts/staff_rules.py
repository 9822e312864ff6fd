"""What staff may do is the shop's to say; beyond it a manager signs, or it is refused.

The rules are settings of the store (docs/api.md §7) and allow everything at first. A use case
gathers its `Breach`es, asks `require_allowed`, and keeps what a manager approved by
`keep_approved`, in its transaction. What was refused is kept by `refusals_kept`, around it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from accounts.models import AuditEntry, Store, User
from accounts.stores import STORES
from pos_project.core.db.transactions import transact
from pos_project.core.errors import DomainError
from pos_project.core.http.permissions import STAFF
from pos_project.core.posting_context import Actor


@dataclass(frozen=True)
class Breach:
    """What a rule keeps staff from, in words, and the request field that it is about."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Approval:
    """A manager's signature, which was checked."""

    by: User


class NeedsApproval(DomainError):
    """A rule of the shop keeps staff from this; a manager may approve it."""

    code = "approval_required"
    status = 403


def rules_for(by: Actor) -> Store | None:
    """The rules that hold for whoever asks; None for managers and admins, whom none holds."""
    if by.role != STAFF:
        return None
    assert by.store_id is not None, by
    return STORES.get()[by.store_id]


def require_allowed(breaches: Sequence[Breach], approval: Approval | None) -> None:
    """Raise NeedsApproval, naming all of them, unless there are none or a manager signed."""
    if not breaches or approval is not None:
        return
    told = " ".join(breach.text for breach in breaches)
    fields: dict[str, list[str]] = {}
    for breach in breaches:
        if breach.field:
            fields.setdefault(breach.field, []).append(breach.text)
    raise NeedsApproval(f"{told} A manager may approve it.", fields=fields)


def keep_approved(
    breaches: Sequence[Breach], approval: Approval | None, document: Model, *, by: Actor
) -> None:
    """Note what a manager approved, about the document that came of it. One statement, or none
    when nothing had to be approved."""
    if not breaches:
        return
    assert approval is not None, breaches
    told = " ".join(breach.text for breach in breaches)
    _keep(
        document,
        by,
        action=AuditEntry.APPROVED,
        object_repr=f"{document}: {told} Approved by {approval.by.name}.",
        additional_data={"approved_by_id": approval.by.pk, "approved_by": approval.by.email},
    )


@contextmanager
def refusals_kept(by: Actor, model: type[Model]) -> Iterator[None]:
    """Around a use case about a `model`: what a rule kept `by` from stays in the audit, once
    everything else was rolled back."""
    try:
        yield
    except NeedsApproval as refusal:
        keep_refused(refusal.message, model, by=by)
        raise


def keep_refused(text: str, model: type[Model], *, by: Actor) -> None:
    """Note what was refused, in a transaction of its own."""
    transact(lambda: _keep(model(), by, action=AuditEntry.REFUSED, object_repr=text))


def stock_breaches(by: Actor, *, field: str | None = None) -> list[Breach]:
    """What keeps `by` from moving stock without a purchase or sale."""
    rules = rules_for(by)
    if rules is None or rules.staff_correct_stock:
        return []
    return [Breach("Staff do not correct stock.", field)]


def transfer_breaches(by: Actor) -> list[Breach]:
    """What keeps `by` from sending goods to another store, and from receiving them."""
    rules = rules_for(by)
    if rules is None or rules.staff_transfer_stock:
        return []
    return [Breach("Staff do not move goods between stores.")]


def price_breaches(by: Actor | None, *, before: Decimal, after: Decimal) -> list[Breach]:
    """What keeps `by` from lowering a list price: it would be sold below it at once."""
    rules = rules_for(by) if by else None
    if rules is None or rules.staff_sell_below_list or after >= before:
        return []
    return [Breach(f"Staff do not lower the list's price of {before}.", "price")]


def level_breaches(by: Actor | None, *, field: str | None = None) -> list[Breach]:
    """What keeps `by` from setting when a product is short, and where it lies."""
    rules = rules_for(by) if by else None
    if rules is None or rules.staff_set_levels:
        return []
    return [Breach("Staff do not set reorder levels and places.", field)]


def may_see_cost(by: Any) -> bool:
    """Whether cost and profit are shown to this user."""
    rules = rules_for(by)
    return rules is None or rules.staff_see_cost


def _keep(row: Model, by: Actor, **fields: Any) -> None:
    about = ContentType.objects.get_for_model(row)
    AuditEntry.objects.create(
        **{
            "content_type": about,
            "object_pk": row.pk or "",
            "object_id": row.pk,
            "actor_id": by.pk,
            **fields,
        }
    )
