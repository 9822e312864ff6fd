"""The stores as they are set up, remembered for seconds: every sale asks for them."""

from collections.abc import Callable
from typing import Any

from accounts.models import Store, User
from pos_project.core.http.permissions import ADMIN
from pos_project.core.remembered import Remembered

# Store id → the store with its settings.
STORES: Remembered[dict[int, Store]] = Remembered(Store.objects.in_bulk, of=Store)

NUMBER_PREFIX = "INV"

# What keeps a store from being closed, in words; None when nothing does. Asked under the lock of
# its row. Apps above add theirs.
HINDRANCES: list[Callable[[int], str | None]] = []


def has_several() -> bool:
    """Whether the shop has more than one store: with one, nobody is shown that there are any."""
    return len(STORES.get()) > 1


def whose_levels(store_id: int | None) -> int | None:
    """The store whose own reorder levels count where the rows of this one are shown; none does
    where those of several are (None)."""
    return Store.FIRST_ID if store_id is None and not has_several() else store_id


def number_of_sale(store_id: int, sale_id: int, *, held: bool = False) -> str:
    """The number on a sale's papers: by its store's prefix, `INV` where it has none."""
    prefix = STORES.get()[store_id].number_prefix or NUMBER_PREFIX
    return f"{prefix}-{'P' if held else 'S'}{sale_id:06}"


def shown_to(user: Any) -> int | None:
    """The store whose rows a person is shown: the one they chose; without a choice that is all
    stores (None) for admins, and their own for others."""
    if user.chosen_from is None and (user.role == ADMIN or not has_several()):
        return None
    return int(user.store_id)


def stores_of(user: User) -> list[Store]:
    """The open stores that a person may act in, by name."""
    theirs = {user.home_id, *user.stores.values_list("pk", flat=True)}
    may = [
        store
        for store in STORES.get().values()
        if store.closed_at is None and (user.role == ADMIN or store.pk in theirs)
    ]
    return sorted(may, key=lambda store: (store.name.casefold(), store.pk))
