"""Ways of breaking what suppliers' papers say, and what went back of them, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import Breaking, change, named, row_of

BROKEN: dict[str, list[Breaking]] = {
    "goods_cost_their_share": [
        named("purchases", "purchase {}, ", lambda w: w.paper.pk, "freight = freight + 1"),
        lambda w: "purchase line {} of purchase".format(
            row_of(
                "SELECT purchase_item_id FROM batches WHERE id = {}".format(
                    change("batches", _batch(w.paper), "unit_cost = unit_cost + 0.0001")
                )
            )
        ),
    ],
    "no_more_goes_back_than_came": [
        named(
            "purchase_items",
            "purchase line {} of return",
            lambda w: _line(w.sent_back),
            "returns_id = returns_id + 1",
        ),
        lambda w: "purchase line {} of purchase".format(
            row_of(
                "SELECT returns_id FROM purchase_items WHERE id = {}".format(
                    change("purchase_items", _line(w.sent_back), "quantity = -70")
                )
            )
        ),
    ],
    "returns_are_their_share": [
        named(
            "purchases", "return {} of", lambda w: w.sent_back.pk, "total_amount = total_amount - 1"
        ),
        named("purchases", "return {} of", lambda w: w.sent_back.pk, "tax = tax + 0.01"),
    ],
    "returns_are_settled": [
        named(
            "purchases", "return {} of", lambda w: w.sent_back.pk, "due_reduced = due_reduced + 1"
        ),
        named("purchases", "return {} of", lambda w: w.sent_back.pk, "note = NULL"),
    ],
}


def _line(purchase):
    return row_of(f"SELECT id FROM purchase_items WHERE purchase_id = {purchase.pk} ORDER BY id")


def _batch(purchase):
    return row_of(f"SELECT id FROM batches WHERE purchase_item_id = {_line(purchase)}")
