"""Ways of breaking a transfer, by invariant."""

from accounts.models import Store
from inventory.models import Batch
from inventory.transfer_models import Transfer, TransferLine, TransferLot
from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    delete,
    line_of_entry,
    row_of,
)
from reports.tests.a_shops_week import Week

_ON_THE_WAY = "status = 'sent'"


def _received() -> Transfer:
    """The one that came short, over and damaged."""
    found: Transfer = Transfer.objects.filter(status="received").earliest("id")
    return found


def _line(number: int = 0) -> TransferLine:
    """The line of tea, which came short and damaged; with 1 that of salt, which came over."""
    line: TransferLine = _received().lines.order_by("id")[number]
    return line


def _lot() -> TransferLot:
    lot: TransferLot = _line().lots.get()
    return lot


def _came() -> Batch:
    batch: Batch = Batch.objects.get(transfer_lot=_lot())
    return batch


def _of_line(setting: str, words: str, number: int = 0) -> Breaking:
    return lambda _: words.format(change("transfer_lines", _line(number).pk, setting))


def _of_lot(setting: str, words: str = "lot {} on the way") -> Breaking:
    return lambda _: words.format(change("transfer_lots", _lot().pk, setting))


def _of_batch(setting: str) -> Breaking:
    return lambda _: "batch {}, which came by".format(change("batches", _came().pk, setting))


def _of_transfer(setting: str) -> Breaking:
    return lambda _: "transfer {} (".format(change("transfers", _received().pk, setting))


def _a_lot_that_vanished(_: Week) -> str:
    """On the way, and nobody misses it."""
    lot = row_of(
        "SELECT l.id FROM transfer_lots l JOIN transfer_lines n ON n.id = l.line_id"
        f" JOIN transfers t ON t.id = n.transfer_id WHERE t.{_ON_THE_WAY}"
    )
    line = row_of(f"SELECT line_id FROM transfer_lots WHERE id = {lot}")
    delete("transfer_lots", lot)
    return f"line {line} (Salt), units of its lots: expected 1.000, found 0"


def _a_movement_that_was_not(_: Week) -> str:
    """Goods are on the way that never left a shelf."""
    transfer = Transfer.objects.get(status="sent")
    log = row_of(f"SELECT id FROM inventory_log WHERE reference = '{transfer.number}'")
    change("inventory_log", log, "reference = NULL")
    return f"transfer {transfer.pk} ({transfer.number}), units sent: expected 0.000, found 1.000"


def _received_in_silence(_: Week) -> str:
    """What is on the way is said to have come, and nothing came."""
    transfer = Transfer.objects.get(status="sent")
    line = transfer.lines.get()
    change(
        "transfers",
        transfer.pk,
        "status = 'received', ended_at = sent_at, ended_by_id = sent_by_id,"
        " business_date = sent_on",
    )
    change("transfer_lines", line.pk, "received = sent, damaged = 0")
    return f"line {line.pk} (Salt), units that arrived: expected 1.000, found 0"


def _a_find_nobody_made(_: Week) -> str:
    line = _line(1)
    log = row_of("SELECT id FROM inventory_log WHERE reason = 'TRANSFER'")
    change("inventory_log", log, "change_qty = change_qty + 1")
    return f"line {line.pk} (Salt), units found that nobody sent: expected 1.000, found 2.000"


def _transit(setting: str) -> Breaking:
    def breaking(_: Week) -> str:
        transfer = Transfer.objects.get(status="sent")
        line = line_of_entry("transfer_sent", transfer, "GOODS_IN_TRANSIT")
        change("journal_lines", line, setting)
        return "lines on GOODS_IN_TRANSIT of store 1: expected 3.33, found"

    return breaking


def _turned_back_in_silence(_: Week) -> str:
    """Received by one store, booked by the other."""
    transfer = Transfer.objects.get(status="sent")
    change("transfers", transfer.pk, "status = 'asked'")
    return "lines on GOODS_IN_TRANSIT of store 1: expected 0.00, found 3.33"


def _owed_to_nobody(_: Week) -> str:
    line = line_of_entry("transfer_arrived", _received(), "BETWEEN_STORES")
    change("journal_lines", line, "debit = debit + 1")
    return "lines on BETWEEN_STORES, all stores: expected 0.00, found 1.00"


def _in_another_store(_: Week) -> str:
    change("batches", _came().pk, f"store_id = {Store.FIRST_ID}")
    return f"lines on INVENTORY of store {Store.FIRST_ID}"


BROKEN: dict[str, list[Breaking]] = {
    "lots_are_what_was_sent": [
        _a_lot_that_vanished,
        _a_movement_that_was_not,
        _of_line("sent = sent + 1", "line {} (Tea), units of its lots: expected 6.000"),
        _of_lot("unit_cost = unit_cost + 1"),
        _of_lot("received_on = '2026-01-01'"),
        _of_lot("quantity = quantity - 1"),
    ],
    "what_was_sent_is_accounted_for": [
        _received_in_silence,
        _a_find_nobody_made,
        _of_line("damaged = 0", "line {} (Tea), units that arrived: expected 4.000, found 3.000"),
        _of_line("received = 5, damaged = 2", "line {} (Salt), units that arrived", 1),
    ],
    "what_arrived_is_as_it_left": [
        _of_batch("unit_cost = unit_cost + 1"),
        _of_batch("received_on = '2026-01-01'"),
        _of_batch("transfer_lot_id = NULL"),
        _of_batch("origin = 'opening'"),
        _of_batch(f"store_id = {Store.FIRST_ID}"),
        _of_batch("quantity = quantity + 9"),
    ],
    "goods_in_transit_are_the_lots_on_the_way": [
        _transit("debit = debit + 1"),
        _transit("account_id = 'INVENTORY'"),
        _turned_back_in_silence,
    ],
    "stores_are_even": [_owed_to_nobody],
    "inventory_of_each_store_is_its_batches": [_in_another_store],
    "transfers_are_in_order": [
        _of_transfer("number = 'TRF-000099'"),
        _of_transfer("number = NULL"),
        _of_transfer("sent_on = '2099-01-01'"),
        _of_transfer("asked_on = '2099-01-01'"),
    ],
}
