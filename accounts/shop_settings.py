"""What the shop says about itself, and what it lets people do."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Store
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture


def add_store(
    fields: Mapping[str, Any], *, logo: PictureChange, key: RequestKey | None = None
) -> Store:
    """A new shop or warehouse. Raises Conflict when the name is taken."""

    def add() -> Store:
        return _saved(Store(**fields, logo=logo.new_key or ""))

    return once(key, add)


def change_settings(
    store_id: int,
    fields: Mapping[str, Any],
    *,
    logo: PictureChange,
    seen: Mapping[str, Any] | None = None,
) -> Store:
    """Change the given columns of a store only, and its logo. Raises NotFound,
    ChangedMeanwhile for what is no longer as `seen`, Conflict when the name is taken."""

    def change() -> Store:
        store = Store.objects.select_for_update().filter(pk=store_id).first()
        if store is None:
            raise NotFound("Store not found")
        require_as_seen(store, fields, seen)
        for name, value in fields.items():
            setattr(store, name, value)
        if logo.new_key:
            drop_picture(store.logo or None)
            store.logo = logo.new_key
        return _saved(store)

    return transact(change)


def _saved(store: Store) -> Store:
    try:
        with transaction.atomic():
            store.save()
    except IntegrityError as error:
        text = "A store with this name exists."
        raise Conflict(text, fields={"name": [text]}) from error
    return store
