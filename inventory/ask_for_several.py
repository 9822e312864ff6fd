"""Goods for several shops asked for in one go: a transfer for each of them, all or none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from accounts.models import User
from accounts.stores import stores_of
from inventory.transfer_models import Transfer
from inventory.transfers import Wanted, ask_in_transaction, once_at_no_till, require_askable
from pos_project.core.db.idempotency import RequestKey, kept_answer_first
from pos_project.core.errors import Invalid

_LINE = re.compile(r"items\[([0-9]+)\]")


@dataclass(frozen=True)
class ForShop:
    to_store_id: int
    wanted: Wanted


@dataclass(frozen=True)
class AskedFor:
    transfers: Sequence[Transfer]

    @property
    def commit_probe(self) -> Model | None:
        return self.transfers[0]


def ask_for_several(
    from_store_id: int,
    lines: Sequence[ForShop],
    *,
    by: User,
    note: str | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> AskedFor:
    """Ask for the goods of each shop. Nothing moves yet. Raises what `transfers.ask` raises,
    naming the lines by their place in `lines`."""
    places: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault(line.to_store_id, []).append(place)
    with kept_answer_first(key):
        if not lines:
            raise Invalid("At least one product.", fields={"items": ["At least one product."]})
        actors = {shop: _acting(by, from_store_id, shop) for shop in places}
        products = {}
        for shop, theirs in places.items():
            wanted = [lines[place].wanted for place in theirs]
            try:
                products[shop] = require_askable(from_store_id, shop, wanted, by=actors[shop])
            except Invalid as refusal:
                raise Invalid(refusal.message, fields=_of_all(refusal.fields, theirs)) from refusal

    def asked() -> AskedFor:
        return AskedFor(
            [
                ask_in_transaction(
                    from_store_id,
                    shop,
                    [lines[place].wanted for place in theirs],
                    products[shop],
                    by=actors[shop],
                    note=note,
                    at=at,
                )
                for shop, theirs in sorted(places.items())
            ]
        )

    return once_at_no_till(key, asked)


def _acting(by: User, from_store_id: int, to_store_id: int) -> User:
    """Them, acting in the store that sends, or in the one that gets, where they may."""
    theirs = {store.pk for store in stores_of(by)}
    return by.in_store(from_store_id if from_store_id in theirs else to_store_id, writing=True)


def _of_all(fields: Mapping[str, Sequence[str]], places: Sequence[int]) -> dict[str, list[str]]:
    """What was said of the lines of one shop, said of all lines."""
    return {
        _LINE.sub(lambda found: f"items[{places[int(found[1])]}]", name): list(texts)
        for name, texts in fields.items()
    }
