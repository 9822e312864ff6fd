"""One fault at a time, planted between stores: what a change might do to goods on the way."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from inventory import transfer_receiving, transfers
from inventory.transfer_models import Transfer, TransferLine, TransferLot
from ledger import chart
from pos_project.core.money import CENT
from pos_project.tests.trading.faults import Fault, fault, instead

TRANSFER_FAULTS: list[Fault] = []
between_stores = partial(fault, among=TRANSFER_FAULTS)


# --- Goods ---


@between_stores("the last lot on the way is forgotten", caught_by="lots_are_what_was_sent")
def _(patch: pytest.MonkeyPatch) -> None:
    def all_but_one(real: Any, model: Any, fields: Any, rows: Any) -> Any:
        rows = rows[:-1] if model is TransferLot else rows
        return real(model, fields, rows) if rows else []

    instead(patch, transfers, "insert_rows", all_but_one)


def differing_goods(patch: pytest.MonkeyPatch, change: Any) -> None:
    """What arrives is put on the shelf with what `change` makes of its goods."""
    real = transfer_receiving._Arrival.goods.fget  # type: ignore[attr-defined]  # (a property)
    patch.setattr(transfer_receiving._Arrival, "goods", property(lambda each: change(real(each))))


@between_stores("a lot arrives a cent cheaper", caught_by="what_arrived_is_as_it_left")
def _(patch: pytest.MonkeyPatch) -> None:
    differing_goods(patch, lambda goods: replace(goods, unit_cost=goods.unit_cost - CENT))


@between_stores("goods grow young on their way", caught_by="what_arrived_is_as_it_left")
def _(patch: pytest.MonkeyPatch) -> None:
    differing_goods(
        patch, lambda goods: replace(goods, received_on=goods.received_on + timedelta(days=1))
    )


@between_stores("damaged units are sold", caught_by="what_was_sent_is_accounted_for")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TransferLine, "usable", property(lambda line: line.received))


@between_stores("what came over is not taken in", caught_by="what_was_sent_is_accounted_for")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfer_receiving, "_found", lambda lines, arrivals: [])


@between_stores(
    "what was turned back goes where it was sent", caught_by="what_arrived_is_as_it_left"
)
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transfer, "destination_id", property(lambda transfer: transfer.to_store_id))


# --- Books ---


def differing_lines(patch: pytest.MonkeyPatch, module: Any, event: str, change: Any) -> None:
    """Entries of this event are posted with what `change` makes of their lines."""

    def posted(real: Any, kind: Any, lines: Any, **how: Any) -> Any:
        return real(kind, change(lines) if kind == event else lines, **how)

    posting = type("Posting", (), {**vars(module.posting)})
    patch.setattr(module, "posting", posting)
    instead(patch, posting, "post", posted)


def a_cent_more(lines: Any) -> Any:
    """On the account between the stores, and on the loss that balances it."""
    if not any(line.account == chart.BETWEEN_STORES for line in lines):
        return lines  # it came back
    more = {chart.BETWEEN_STORES: {"credit": CENT}, chart.INVENTORY_LOSS: {"debit": CENT}}
    return [
        replace(line, **{side: getattr(line, side) + cent for side, cent in each.items()})
        if (each := more.get(line.account))
        else line
        for line in lines
    ]


@between_stores("the account between stores is a cent off", caught_by="stores_are_even")
def _(patch: pytest.MonkeyPatch) -> None:
    differing_lines(patch, transfer_receiving, "transfer_received", a_cent_more)


@between_stores(
    "what arrived stays on the way in the books",
    caught_by="goods_in_transit_are_the_lots_on_the_way",
)
def _(patch: pytest.MonkeyPatch) -> None:
    differing_lines(patch, transfer_receiving, "transfer_arrived", lambda lines: [])


@between_stores(
    "what was sent stays in the inventory account",
    caught_by="inventory_of_each_store_is_its_batches",
)
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfers, "_post_sent", lambda transfer, picks, context: None)


@between_stores(
    "what is lost on the way is booked as stock",
    caught_by="inventory_of_each_store_is_its_batches",
)
def _(patch: pytest.MonkeyPatch) -> None:
    def no_loss(lines: Any) -> Any:
        return [
            replace(line, account=chart.INVENTORY) if line.account == chart.INVENTORY_LOSS else line
            for line in lines
        ]

    differing_lines(patch, transfer_receiving, "transfer_received", no_loss)


# --- Once, and by whom ---


@between_stores("goods are received twice", caught_by="the_database_refuses")
def _(patch: pytest.MonkeyPatch) -> None:
    def if_it_was_sent(real: Any, transfer: Transfer) -> None:
        if transfer.status != Transfer.Status.RECEIVED:
            real(transfer)

    instead(patch, transfer_receiving, "require_on_the_way", if_it_was_sent)


@between_stores("anybody receives", caught_by="what_must_be_refused_is_refused")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfer_receiving, "require_receiving", lambda by, transfer: None)
