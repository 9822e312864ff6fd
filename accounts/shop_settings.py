"""What the shop says about itself, and what it lets people do; opening and closing its stores."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Store, User
from accounts.stores import HINDRANCES
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture


def add_store(
    fields: Mapping[str, Any], *, logo: PictureChange | None = None, key: RequestKey | None = None
) -> Store:
    """A new shop or warehouse. Raises Conflict when the name or the numbers' prefix is taken."""

    def add() -> Store:
        return _saved(Store(**fields, logo=(logo and logo.new_key) or ""))

    return once(key, add)


def change_settings(
    store_id: int,
    fields: Mapping[str, Any],
    *,
    logo: PictureChange | None = None,
    seen: Mapping[str, Any] | None = None,
    closed: bool | None = None,
) -> Store:
    """Change the given columns of a store only, and its logo; close it, or open it again.

    In a closed store nobody acts any more; its history stays. Raises NotFound, ChangedMeanwhile
    for what is no longer as `seen`, Conflict when the name or prefix is taken, or while something
    is there that keeps it from being closed: people at home, stock, dues, a day not sealed.
    """

    def change() -> Store:
        store = _locked(store_id)
        require_as_seen(store, fields, seen)
        for name, value in fields.items():
            setattr(store, name, value)
        if logo and logo.new_key:
            drop_picture(store.logo or None)
            store.logo = logo.new_key
        if closed is not None and closed != (store.closed_at is not None):
            if closed:
                _require_left(store)
            store.closed_at = timezone.now() if closed else None
        return _saved(store)

    return transact(change)


def _require_left(store: Store) -> None:
    reasons = [reason for each in HINDRANCES if (reason := each(store.pk))]
    if reasons:
        raise Conflict(f"{store.name} cannot be closed yet. {' '.join(reasons)}")


def people_at_home(store_id: int) -> str | None:
    """Who would have no store to act in if it were closed."""
    people = User.objects.listed().filter(store_id=store_id).order_by("search_text")
    names = list(people.values_list("name", flat=True)[:4])
    if not names:
        return None
    return f"It is the home of {', '.join(names[:3])}{' and others' if names[3:] else ''}."


def _locked(store_id: int) -> Store:
    store: Store | None = Store.objects.select_for_update().filter(pk=store_id).first()
    if store is None:
        raise NotFound("Store not found")
    return store


def _saved(store: Store) -> Store:
    try:
        with transaction.atomic():
            store.save()
    except IntegrityError as error:
        others = Store.objects.exclude(pk=store.pk)
        if store.number_prefix and others.filter(number_prefix=store.number_prefix).exists():
            text = "Another store's numbers begin so."
            raise Conflict(text, fields={"number_prefix": [text]}) from error
        text = "A store with this name exists."
        raise Conflict(text, fields={"name": [text]}) from error
    return store
