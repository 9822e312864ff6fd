"""Where the goods of a batch came from: purchase line and supplier's invoice, or no paper."""

from collections.abc import Mapping
from typing import Any

ORIGIN_COLUMNS = (
    *("id", "origin", "received_on", "unit_cost", "purchase_item_id"),
    *("purchase_item__purchase_id", "purchase_item__purchase__invoice_no"),
    *("purchase_item__purchase__supplier_id", "purchase_item__purchase__supplier__name"),
    *("transfer_lot__batch_id", "transfer_lot__line__transfer__number"),
)
_WORDS = {"opening": "opening stock", "adjustment": "found by a count"}


def columns(batch: str = "") -> tuple[str, ...]:
    """What to read of a batch that `batch` leads to (`"batch__"`, or nothing)."""
    return tuple(f"{batch}{name}" for name in ORIGIN_COLUMNS)


def origin_of(row: Mapping[str, Any], batch: str = "") -> tuple[str, dict[str, Any]]:
    """The batch's origin in words, and its ids."""
    item = f"{batch}purchase_item__purchase__"
    purchased = row[f"{batch}purchase_item_id"] is not None
    about = {
        "batch_id": row[f"{batch}id"],
        "origin": row[f"{batch}origin"],
        "received_on": row[f"{batch}received_on"].isoformat(),
        "unit_cost": row[f"{batch}unit_cost"],
        "purchase_item_id": row[f"{batch}purchase_item_id"],
        "purchase_id": row[f"{batch}purchase_item__purchase_id"],
        "invoice_no": row[f"{item}invoice_no"],
        "supplier_id": row[f"{item}supplier_id"],
        "supplier": row[f"{item}supplier__name"],
    }
    if row[f"{batch}transfer_lot__batch_id"] is not None:
        about["moved_from"] = row[f"{batch}transfer_lot__batch_id"]
        about["transfer"] = row[f"{batch}transfer_lot__line__transfer__number"]
        source = f"came with {about['transfer']} of batch {about['moved_from']}"
        return f"batch {about['batch_id']} of {about['received_on']}, {source}", about
    source = (
        f"{about['supplier']} {about['invoice_no']}, line {about['purchase_item_id']}"
        if purchased
        else _WORDS.get(str(about["origin"]), str(about["origin"]))
    )
    return f"batch {about['batch_id']} of {about['received_on']}, {source}", about
