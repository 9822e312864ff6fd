"""The ways of paying are added, renamed, taken in and out of use; payments name them for ever."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from ledger.chart_models import PaymentMethod
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound


def add_method(fields: Mapping[str, Any], *, key: RequestKey | None = None) -> PaymentMethod:
    """A new way of paying, its money in an account of its own. Raises Conflict for a code or an
    account that another method has."""
    method = PaymentMethod(**fields)

    def add() -> PaymentMethod:
        try:
            with transaction.atomic():
                method.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("Another payment method has this code or account.") from error
        return method

    return once(key, add)


def change_method(
    code: str, fields: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None
) -> PaymentMethod:
    """Change what it is called, and whether it is taken; the money stays in its account.

    Raises NotFound, and ChangedMeanwhile for what is no longer as `seen`.
    """

    def change() -> PaymentMethod:
        method = PaymentMethod.objects.select_for_update().filter(pk=code).first()
        if method is None:
            raise NotFound("Payment method not found")
        require_as_seen(method, fields, seen)
        for name, value in fields.items():
            setattr(method, name, value)
        method.save()
        return method

    return transact(change)
