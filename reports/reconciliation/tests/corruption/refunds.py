"""Ways of breaking refunds, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import (
    Breaking,
    change,
    change_first,
    line_of,
    named,
)

BROKEN: dict[str, list[Breaking]] = {
    "no_more_comes_back_than_was_sold": [
        lambda w: (
            change_first(
                "refund_items", f"refund_id = {w.full_refund.pk}", "quantity = quantity + 1"
            )
            and f"sale line {line_of(w.cash_sale)} of sale {w.cash_sale.pk}, units refunded"
        ),
        lambda w: "refund line {} of refund".format(
            change_first(
                "refund_items",
                f"refund_id = {w.due_refund.pk}",
                f"sale_item_id = {line_of(w.completed_hold)}",
            )
        ),
    ],
    "sales_know_their_refunds": [
        named(
            "sales", "sale {} (INV-S", lambda w: w.cash_sale.pk, "refund_amount = refund_amount - 1"
        ),
    ],
    "refunds_cancel_due_or_pay_out": [
        named(
            "refunds", "refund {} of sale", lambda w: w.full_refund.pk, "paid_out = paid_out + 1"
        ),
        named(
            "refunds",
            "refund {} of sale",
            lambda w: w.part_refund.pk,
            "tax_amount = -1",
        ),
    ],
    "refunds_cancel_due_first": [
        lambda w: (
            change("sales", w.cash_sale.pk, "due_amount = 1")
            and f"refund {w.full_refund.pk} of sale {w.cash_sale.pk}, paid out"
        ),
    ],
    "refunds_are_worth_their_lines": [
        lambda w: (
            change_first(
                "refund_items", f"refund_id = {w.part_refund.pk}", "amount = amount + 0.01"
            )
            and f"refund {w.part_refund.pk} of sale"
        ),
        lambda w: (
            change("sales", w.cash_sale.pk, "refund_amount = refund_amount - 0.01")
            and f"sale {w.cash_sale.pk} (INV-S"
        ),
        lambda w: (
            change("refunds", w.part_refund.pk, "tax_amount = tax_amount + 20")
            and f"sale {w.split_sale.pk} (INV-S"
        ),
    ],
    "refunds_are_their_shares": [
        lambda w: "refund line {} of refund".format(
            change_first("refund_items", f"refund_id = {w.part_refund.pk}", "amount = amount - 1")
        ),
        named(
            "refunds",
            "refund {} of sale",
            lambda w: w.part_refund.pk,
            "tax_amount = tax_amount + 0.01",
        ),
    ],
}
