"""One broken row per law: how to break it, and the words by which reconcile must name it.

Rows are changed by plain SQL with the database's own guards off, as a careless hand or a half
restored backup would leave them. `test_laws.py` also shows where those guards say no.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from reports.tests.a_shops_week import Week

Breaking = Callable[[Week], str]


@contextmanager
def unguarded() -> Iterator[None]:
    """Constraints are not looked at inside."""
    if connection.vendor == "mysql":
        off = ("SET check_constraint_checks = 0", "SET foreign_key_checks = 0")
        on = ("SET check_constraint_checks = 1", "SET foreign_key_checks = 1")
    else:
        off = ("PRAGMA ignore_check_constraints = ON",)
        on = ("PRAGMA ignore_check_constraints = OFF",)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in on:
                cursor.execute(statement)


@contextmanager
def undone() -> Iterator[None]:
    """Unguarded, and rolled back at the end, before anything checks the foreign keys."""
    with unguarded(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def row_of(sql: str) -> Any:
    """The one value that a SELECT finds first."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        assert row is not None, sql
        return row[0]


def change(table: str, row_id: Any, setting: str) -> Any:
    """Change one row by hand, and return its id."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {setting} WHERE id = %s", [row_id])
        assert cursor.rowcount == 1, (table, row_id, setting)
    return row_id


def delete(table: str, row_id: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row_id])
        assert cursor.rowcount == 1, (table, row_id)


def change_first(table: str, where: str, setting: str) -> Any:
    return change(table, row_of(f"SELECT id FROM {table} WHERE {where} ORDER BY id"), setting)


def use_of(sale: Any, product: Any) -> Any:
    return row_of(
        "SELECT u.id FROM sale_item_batches u JOIN sale_items i ON i.id = u.sale_item_id"
        f" WHERE i.sale_id = {sale.pk} AND i.product_id = {product.pk} ORDER BY u.id"
    )


def line_of(sale: Any) -> Any:
    return row_of(f"SELECT id FROM sale_items WHERE sale_id = {sale.pk} ORDER BY id")


def entry_of(event: str, document: Any) -> Any:
    return row_of(
        f"SELECT id FROM journal_entries WHERE event = '{event}' AND document_id = {document.pk}"
    )


def batch_of(product: Any, position: int = 0) -> Any:
    return row_of(
        f"SELECT id FROM batches WHERE product_id = {product.pk} ORDER BY id LIMIT 1 OFFSET"
        f" {position}"
    )


def _younger_batch(week: Week) -> str:
    use = use_of(week.cash_sale, week.tea)
    change("sale_item_batches", use, f"batch_id = {batch_of(week.tea, 1)}")
    return f"batch use {use} (log row"


def _other_lot_back(week: Week) -> str:
    """Returned tea went back to the oldest batch it was taken from, not to the newest."""
    back = row_of(
        "SELECT u.id FROM sale_item_batches u JOIN refund_items r ON r.id = u.refund_item_id"
        f" WHERE r.refund_id = {week.part_refund.pk} ORDER BY u.id"
    )
    change("sale_item_batches", back, f"batch_id = {batch_of(week.tea)}")
    return f"batch use {back} (log row"


def _one_line_less(week: Week) -> str:
    line = row_of(
        f"SELECT id FROM journal_lines WHERE entry_id = {entry_of('expense', week.expense)}"
    )
    delete("journal_lines", line)
    return (
        f"entry {entry_of('expense', week.expense)} (expense), lines: expected 2 or more, found 1"
    )


def _sale_without_entry(week: Week) -> str:
    change("journal_entries", entry_of("sale", week.cash_sale), "event = 'gift'")
    return f"sale {week.cash_sale.pk}, sale entry, debit less credit on CASH"


def _line_of_entry(event: str, document: Any, account: str) -> Any:
    return row_of(
        f"SELECT id FROM journal_lines WHERE entry_id = {entry_of(event, document)}"
        f" AND account_id = '{account}'"
    )


def _wrong_account(week: Week) -> str:
    line = _line_of_entry("sale", week.split_sale, "SALES")
    change("journal_lines", line, "account_id = 'RENT'")
    return f"sale {week.split_sale.pk}, sale entry, debit less credit on RENT"


def _wrong_amount(event: str, attribute: str, account: str) -> Breaking:
    def breaking(week: Week) -> str:
        document = getattr(week, attribute)
        line = _line_of_entry(event, document, account)
        change(
            "journal_lines",
            line,
            "debit = CASE WHEN debit > 0 THEN debit + 0.01 ELSE 0 END,"
            " credit = CASE WHEN credit > 0 THEN credit + 0.01 ELSE 0 END",
        )
        return f" {document.pk}, {event} entry, debit less credit on {account}"

    return breaking


def _due_payment_on_the_wrong_account(week: Week) -> str:
    line = row_of(
        "SELECT l.id FROM journal_lines l JOIN journal_entries e ON e.id = l.entry_id"
        " WHERE e.event = 'customer_payment' AND l.account_id = 'CASH' ORDER BY l.id"
    )
    change("journal_lines", line, "account_id = 'NAGAD'")
    return "customer_payment entry, debit less credit on CASH"


def _without_its_payment(week: Week) -> str:
    entry = row_of("SELECT MIN(id) FROM journal_entries WHERE event = 'customer_payment'")
    payment = row_of(f"SELECT id FROM payments WHERE entry_id = {entry}")
    change("payments", payment, f"entry_id = {entry + 1}")
    return f"entry {entry} (customer_payment): expected payments of one party, found 0"


def _named(table: str, words: str, find: Callable[[Week], Any], setting: str) -> Breaking:
    """Change one row of `table`; `words` has the row's id in the place of `{}`."""

    def breaking(week: Week) -> str:
        return words.format(change(table, find(week), setting))

    return breaking


def _first(table: str, where: str, setting: str, words: str) -> Breaking:
    return lambda week: words.format(change_first(table, where, setting))


def _fact(sql: str, words: str) -> Breaking:
    """Change frozen facts by `sql`; they have no ids, so `words` are those of the kind and day."""

    def breaking(week: Week) -> str:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount >= 1, sql
        return words

    return breaking


def _first_sealed_row(table: str) -> Any:
    """A row under the first seal of a day."""
    return row_of(
        f"SELECT id FROM {table} WHERE business_date = (SELECT MIN(day) FROM day_seals) ORDER BY id"
    )


def _sealed_line_edited(week: Week) -> str:
    entry = _first_sealed_row("journal_entries")
    line = row_of(f"SELECT id FROM journal_lines WHERE entry_id = {entry} AND debit > 0")
    change("journal_lines", line, "debit = debit + 0.01")
    return f"journal_lines {line} of {row_of('SELECT MIN(day) FROM day_seals')}: expected the row"


def _sealed_payment_gone(week: Week) -> str:
    payment = _first_sealed_row("payments")
    delete("payments", payment)
    return f"payments {payment} of {row_of('SELECT MIN(day) FROM day_seals')}: expected the row"


def _row_slipped_into_a_closed_day(week: Week) -> str:
    first = row_of("SELECT MIN(day) FROM day_seals")
    log = change("inventory_log", week.increase.pk, f"business_date = '{first}'")
    return f"inventory_log {log} of {first}: expected no such row"


def _seal_missing(week: Week) -> str:
    first = row_of("SELECT MIN(day) FROM day_seals")
    seal = row_of(f"SELECT id FROM day_seals WHERE day > '{first}' ORDER BY day")
    delete("day_seals", seal)
    return "before it, found none"


def _into_the_locked_period(table: str, of_sale: str) -> Breaking:
    """A row of the sale that was made after the past was locked is dated back into it."""

    def breaking(week: Week) -> str:
        sale, day = week.sale_after_lock, week.lock.locked_through
        where = f"{of_sale.format(sale)} = {sale.pk}"
        row = change_first(table, where, f"business_date = '{day}'")
        return f"{table} {row}, business day: expected a day after {day}"

    return breaking


# Law by name → ways of breaking one row, each returning words of the line that must name it.
BROKEN: dict[str, list[Breaking]] = {
    "kept_requests_have_answers": [
        _first("idempotent_requests", "1 = 1", "body = NULL", "request {} of user"),
    ],
    "keys_point_at_rows": [
        _named("sales", "sales {}, customer_id", lambda w: w.credit_sale.pk, "customer_id = 98765"),
        _named(
            "batches", "batches {}, product_id", lambda w: batch_of(w.tea), "product_id = 98765"
        ),
    ],
    "unique_keys_fold_their_text": [
        _named(
            "products",
            "products {}, sku_key: expected tea-1, found x",
            lambda w: w.tea.pk,
            "sku_key = 'x'",
        ),
        _first(
            "products",
            "sku = 'TEA-0'",
            "sku_key = 'tea-0'",
            "products {}, sku_key: expected None, found tea-0",
        ),
        _named("users", "users {}, email_key", lambda w: w.cashier.pk, "email_key = NULL"),
        _named(
            "purchases",
            "purchases {}, invoice_key",
            lambda w: w.owed_purchase.pk,
            "invoice_key = 'another'",
        ),
    ],
    "stock_is_the_sum_of_the_log": [
        lambda w: (
            change_first(
                "inventory_log",
                f"product_id = {w.tea.pk} AND kind = 'sale'",
                "change_qty = change_qty - 1",
            )
            and f"stock of product {w.tea.pk} in store 1"
        ),
    ],
    "remaining_is_quantity_less_uses": [
        _first("batches", "remaining > 1", "remaining = remaining - 1", "batch {} of product"),
        _first("inventory_log_batches", "quantity < 0", "quantity = quantity - 1", "of product"),
    ],
    "batches_made_by_hand_are_logged": [
        _first("batches", "origin = 'opening'", "quantity = quantity + 1", "batch {} of product"),
        _first(
            "batches",
            "origin = 'adjustment'",
            "received_on = '2001-01-01'",
            "batch {}, received_on",
        ),
    ],
    "remaining_is_within_quantity": [
        _first("batches", "remaining > 0", "remaining = quantity + 1", "batch {} of product"),
    ],
    "stored_costs_telescope": [
        lambda w: (
            change("sale_item_batches", use_of(w.cash_sale, w.tea), "cost = cost + 0.01")
            and f"batch {batch_of(w.tea)} of product {w.tea.pk}, value left"
        ),
        _first("batches", "origin = 'opening'", "unit_cost = 1.0000", "batch {} of product"),
    ],
    "logged_costs_are_the_stock_value": [
        lambda w: (
            change_first("inventory_log", f"product_id = {w.rice.pk}", "cost = cost + 0.01")
            and f"logged costs of product {w.rice.pk}"
        ),
    ],
    "log_rows_are_the_sum_of_their_batches": [
        lambda w: (
            change_first(
                "inventory_log_batches", f"log_id = {w.decrease.pk}", "quantity = quantity - 1"
            )
            and f"log row {w.decrease.pk} (adjustment of product {w.sugar.pk}), units"
        ),
        lambda w: (
            change_first("inventory_log_batches", f"log_id = {w.decrease.pk}", "cost = cost - 0.01")
            and f"log row {w.decrease.pk} (adjustment of product {w.sugar.pk}), cost"
        ),
        lambda w: (
            change_first(
                "inventory_log_batches",
                f"log_id = {w.increase.pk}",
                f"batch_id = {batch_of(w.tea)}",
            )
            and f"of log row {w.increase.pk} (adjustment)"
        ),
    ],
    "voids_mirror_their_adjustment": [
        _named("inventory_log", "log row {} (void", lambda w: w.void.pk, "change_qty = 1"),
        lambda w: (
            change_first("inventory_log_batches", f"log_id = {w.void.pk}", "quantity = 1")
            and f"log row {w.void.pk} (void), units of batch"
        ),
        lambda w: (
            change("inventory_log", w.void.pk, f"voids_id = {w.decrease.pk}")
            and f"log row {w.void.pk} (void"
        ),
    ],
    "services_keep_no_stock": [
        lambda w: (
            change("products", w.sugar.pk, "keeps_stock = 0")
            and f"of service product {w.sugar.pk} (SUGAR-1)"
        ),
    ],
    "log_rows_are_what_was_moved": [
        _first(
            "inventory_log",
            "kind = 'sale'",
            "reference = 'INV-S999999'",
            "log row {}, sale of product",
        ),
        _first(
            "inventory_log",
            "kind = 'refund'",
            "change_qty = change_qty + 1",
            "log row {}, refund of product",
        ),
        _first(
            "inventory_log",
            "kind = 'purchase'",
            "cost = cost + 0.01",
            "log row {}, purchase of product",
        ),
    ],
    "stock_moves_first_in_first_out": [_younger_batch, _other_lot_back],
    "a_movement_costs_the_change_of_value": [
        lambda w: (
            change("sale_item_batches", use_of(w.cash_sale, w.tea), "cost = cost + 0.01")
            and f"batch use {use_of(w.cash_sale, w.tea)} on batch"
        ),
        _first(
            "inventory_log_batches",
            "quantity < 0",
            "cost = cost - 0.01",
            "batch movement {} on batch",
        ),
    ],
    "lines_took_what_they_sold": [
        lambda w: (
            change("sale_items", line_of(w.cash_sale), "quantity = quantity + 1")
            and f"sale line {line_of(w.cash_sale)} of sale {w.cash_sale.pk}"
        ),
    ],
    "restocked_lines_put_units_back": [
        lambda w: "refund line {} of refund".format(
            change_first("refund_items", f"refund_id = {w.part_refund.pk}", "restocked = 0")
        ),
        lambda w: "refund line {} of refund".format(
            change_first("refund_items", "restocked = 0", "restocked = 1")
        ),
    ],
    "batches_are_of_the_line_s_product_and_store": [
        lambda w: "batch use {} of sale line".format(
            change(
                "sale_item_batches", use_of(w.cash_sale, w.tea), f"batch_id = {batch_of(w.rice)}"
            )
        ),
        lambda w: change("batches", batch_of(w.tea), "store_id = 2") and "in store 2",
    ],
    "held_sales_moved_nothing": [
        lambda w: (
            change_first("payments", "sale_id IS NOT NULL", f"sale_id = {w.held_sale.pk}")
            and f"sale {w.held_sale.pk} (pending): expected no payment"
        ),
        lambda w: (
            change(
                "journal_entries",
                entry_of("sale", w.cash_sale),
                f"document_id = {w.cancelled_sale.pk}",
            )
            and f"sale {w.cancelled_sale.pk} (cancelled): expected no journal entry"
        ),
        lambda w: (
            change_first(
                "inventory_log", "kind = 'sale'", f"reference = '{w.held_sale.invoice_no}'"
            )
            and f"sale {w.held_sale.pk} (pending): expected no log row"
        ),
        lambda w: (
            change("sales", w.cash_sale.pk, "status = 'pending'")
            and f"sale {w.cash_sale.pk} (pending): expected no batch use"
        ),
    ],
    "no_document_is_left_a_draft": [
        _named("sales", "sale {}, status", lambda w: w.held_sale.pk, "status = 'draft'"),
        _named(
            "purchases", "purchase {}, status", lambda w: w.owed_purchase.pk, "status = 'draft'"
        ),
    ],
    "line_subtotals_are_quantity_times_price": [
        lambda w: "sale line {} of sale".format(
            change("sale_items", line_of(w.held_sale), "subtotal = subtotal + 0.01")
        ),
    ],
    "subtotals_are_the_sum_of_lines": [
        _named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.cash_sale.pk,
            "subtotal = subtotal + 0.01, total_amount = total_amount + 0.01",
        ),
    ],
    "totals_add_up": [
        _named("sales", "sale {} (INV-S", lambda w: w.split_sale.pk, "tax = tax + 0.01"),
        _named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.split_sale.pk,
            "discount = subtotal + 1, total_amount = tax - 1",
        ),
    ],
    "totals_are_paid_due_or_cancelled": [
        _named(
            "sales", "sale {} (INV-S", lambda w: w.credit_sale.pk, "due_amount = due_amount + 1"
        ),
        _named("sales", "sale {} (INV-S", lambda w: w.advance_sale.pk, "customer_id = NULL"),
    ],
    "costs_are_the_sum_of_uses": [
        lambda w: "sale line {} of sale".format(
            row_of(
                "SELECT sale_item_id FROM sale_cogs WHERE id = {}".format(
                    change_first(
                        "sale_cogs", "refund_item_id IS NULL", "total_cost = total_cost + 1"
                    )
                )
            )
        ),
        lambda w: "sale line {} of sale".format(
            row_of(
                "SELECT sale_item_id FROM sale_cogs WHERE id = {}".format(
                    change_first(
                        "sale_cogs", "refund_item_id IS NOT NULL", "quantity = quantity - 1"
                    )
                )
            )
        ),
    ],
    "cost_rows_are_averages": [
        _first("sale_cogs", "quantity > 0", "unit_cost = unit_cost + 0.0001", "cost row {} of"),
        _first("sale_cogs", "quantity < 0", "quantity = quantity - 1", "cost row {} of"),
    ],
    "buy_prices_are_the_batch_s_cost": [
        _first("sale_item_batches", "1 = 1", "buy_price = buy_price + 0.0001", "batch use {} of"),
    ],
    "completed_sales_are_numbered": [
        _named(
            "sales", "sale {}: expected a number", lambda w: w.cash_sale.pk, "invoice_no = NULL"
        ),
        _named(
            "sales", "sale {}: expected a number", lambda w: w.cash_sale.pk, "business_date = NULL"
        ),
    ],
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
        _named(
            "sales", "sale {} (INV-S", lambda w: w.cash_sale.pk, "refund_amount = refund_amount - 1"
        ),
    ],
    "refunds_cancel_due_or_pay_out": [
        _named(
            "refunds", "refund {} of sale", lambda w: w.full_refund.pk, "paid_out = paid_out + 1"
        ),
        _named(
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
        _named(
            "refunds",
            "refund {} of sale",
            lambda w: w.part_refund.pk,
            "tax_amount = tax_amount + 0.01",
        ),
    ],
    "line_subtotals_are_quantity_times_cost": [
        _first("purchase_items", "1 = 1", "subtotal = subtotal + 0.01", "purchase line {} of"),
    ],
    "totals_are_lines_and_paid_or_due": [
        _named(
            "purchases",
            "purchase {} (PUR-",
            lambda w: w.owed_purchase.pk,
            "total_amount = total_amount + 1, due_amount = due_amount + 1",
        ),
        _named(
            "purchases",
            "purchase {} (PUR-",
            lambda w: w.owed_purchase.pk,
            "due_amount = due_amount + 1",
        ),
    ],
    "lines_became_batches": [
        lambda w: "purchase line {} of purchase".format(
            row_of(
                "SELECT purchase_item_id FROM batches WHERE id = {}".format(
                    change("batches", batch_of(w.tea), "unit_cost = unit_cost + 0.01")
                )
            )
        ),
        _first("batches", "origin = 'purchase'", "origin = 'opening'", "purchase line"),
    ],
    "batches_stand_by_purchase_date": [
        _first(
            "batches", "origin = 'purchase'", "received_on = '2001-01-01'", "batch {} of purchase"
        ),
    ],
    "dues_and_refunds_know_their_sale_s_day": [
        _first("customer_dues", "1 = 1", "sale_date = '2001-01-01'", "due {} of sale"),
        _first("refunds", "1 = 1", "sale_date = '2001-01-01'", "refund {} of sale"),
    ],
    "dues_are_those_of_sales": [
        lambda w: (
            change_first(
                "customer_dues", f"sale_id = {w.credit_sale.pk}", "due_amount = due_amount + 1"
            )
            and f"due of sale {w.credit_sale.pk} (INV-S"
        ),
        _first("customer_dues", "status = 'open'", "status = 'paid'", "due {} of sale"),
        lambda w: "due {} of sale".format(
            change_first(
                "customer_dues",
                f"sale_id = {w.credit_sale.pk}",
                f"customer_id = {w.customer.pk + 1}",
            )
        ),
    ],
    "debts_are_the_receivables": [
        lambda w: (
            change_first(
                "customer_dues", f"sale_id = {w.credit_sale.pk}", "due_amount = due_amount + 1"
            )
            and f"customer {w.customer.pk}, open dues"
        ),
        lambda w: (
            change(
                "journal_lines",
                _line_of_entry("sale", w.credit_sale, "RECEIVABLES"),
                "debit = debit + 1",
            )
            and f"customer {w.customer.pk}, lines on RECEIVABLES"
        ),
    ],
    "dues_are_those_of_purchases": [
        _first(
            "supplier_dues", "status = 'open'", "due_amount = due_amount + 1", "due of purchase"
        ),
        _first("supplier_dues", "status = 'paid'", "status = 'open'", "due {} of purchase"),
    ],
    "debts_are_the_payables": [
        lambda w: (
            change(
                "journal_lines",
                _line_of_entry("purchase", w.owed_purchase, "PAYABLES"),
                "credit = credit + 1",
            )
            and f"supplier {w.supplier.pk}, lines on PAYABLES"
        ),
    ],
    "sales_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"sale_id = {w.cash_sale.pk}", "amount = amount + 0.01")
            and f"sale {w.cash_sale.pk} (INV-S"
        ),
        _named(
            "sales",
            "sale {} (INV-S",
            lambda w: w.advance_sale.pk,
            "advance_used = advance_used - 1",
        ),
    ],
    "purchases_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"purchase_id = {w.owed_purchase.pk}", "amount = amount - 1")
            and f"purchase {w.owed_purchase.pk} (PUR-"
        ),
    ],
    "refunds_were_paid_by_payments": [
        lambda w: (
            change_first("payments", f"refund_id = {w.full_refund.pk}", "amount = amount + 1")
            and f"refund {w.full_refund.pk} of sale"
        ),
    ],
    "payments_name_what_they_are_about": [
        _first(
            "payments",
            "payment_type = 'refund'",
            "direction = 'in'",
            "payment {}: expected an amount",
        ),
        _first(
            "payments", "payment_type = 'advance'", "amount = 0", "payment {}: expected an amount"
        ),
        _first(
            "payments",
            "payment_type = 'due_payment'",
            "payment_type = 'tip'",
            "payment {}: expected an amount",
        ),
    ],
    "payments_are_of_their_document_s_party": [
        _first(
            "payments",
            "sale_id IS NOT NULL AND customer_id IS NOT NULL",
            "customer_id = customer_id + 1",
            "payment {} of sale",
        ),
        lambda w: "payment {} of refund".format(
            change_first(
                "payments", f"refund_id = {w.full_refund.pk}", f"sale_id = {w.completed_hold.pk}"
            )
        ),
    ],
    "payments_belong_to_their_entry": [
        _first(
            "payments",
            "payment_type = 'payment'",
            "business_date = '2001-01-01'",
            "payment {} (payment)",
        ),
        lambda w: "payment {} (payment)".format(
            change_first(
                "payments",
                f"sale_id = {w.cash_sale.pk}",
                f"entry_id = {entry_of('sale', w.split_sale)}",
            )
        ),
    ],
    "due_payments_are_of_one_party": [_without_its_payment],
    "entries_balance": [
        lambda w: "entry {} (sale), status".format(
            change("journal_entries", entry_of("sale", w.cash_sale), "status = 'draft'")
        ),
        lambda w: (
            change(
                "journal_lines",
                _line_of_entry("sale", w.cash_sale, "SALES"),
                "credit = credit + 0.01",
            )
            and f"entry {entry_of('sale', w.cash_sale)} (sale), credits"
        ),
        _one_line_less,
    ],
    "lines_have_one_side": [
        _first("journal_lines", "debit > 0", "credit = 1", "line {} of entry"),
    ],
    "trial_balance_is_zero": [
        _first(
            "journal_lines",
            "debit > 0",
            "debit = debit + 0.01",
            "all accounts, debits less credits: expected 0.00, found 0.01",
        ),
    ],
    "control_lines_name_their_party": [
        _first(
            "journal_lines", "account_id = 'RECEIVABLES'", "customer_id = NULL", "line {} of entry"
        ),
        lambda w: "line {} of entry".format(
            change_first("journal_lines", "account_id = 'SALES'", f"supplier_id = {w.supplier.pk}")
        ),
    ],
    "customer_advances_are_on_their_account": [
        lambda w: (
            change("sales", w.advance_sale.pk, "advance_used = advance_used - 1")
            and f"customer {w.customer.pk + 1}, lines on CUSTOMER_ADVANCES"
        ),
    ],
    "supplier_advances_are_on_their_account": [
        lambda w: (
            change("purchases", w.advance_purchase.pk, "advance_used = advance_used + 1")
            and f"supplier {w.supplier.pk}, lines on SUPPLIER_ADVANCES"
        ),
    ],
    "tender_accounts_are_their_payments": [
        lambda w: (
            change("expenses", w.expense.pk, "amount = amount + 1")
            and "lines on CASH, the account of cash"
        ),
        lambda w: (
            change_first("payments", "method = 'bkash'", "method = 'card'")
            and "lines on CARD, the account of card"
        ),
    ],
    "inventory_account_is_the_stock_value": [
        _first("batches", "remaining > 1", "remaining = remaining - 1", "lines on INVENTORY"),
    ],
    "documents_posted_what_they_say": [
        _sale_without_entry,
        _wrong_account,
        _wrong_amount("sale", "split_sale", "TAX_PAYABLE"),
        _wrong_amount("sale", "advance_sale", "CUSTOMER_ADVANCES"),
        _wrong_amount("sale", "credit_sale", "RECEIVABLES"),
        _wrong_amount("sale", "cash_sale", "COST_OF_GOODS_SOLD"),
        _wrong_amount("refund", "part_refund", "SALES_RETURNS"),
        _wrong_amount("refund", "due_refund", "RECEIVABLES"),
        _wrong_amount("refund", "full_refund", "INVENTORY"),
        _wrong_amount("purchase", "owed_purchase", "PAYABLES"),
        _wrong_amount("purchase", "advance_purchase", "SUPPLIER_ADVANCES"),
        _wrong_amount("adjustment", "increase", "INVENTORY_GAIN"),
        _wrong_amount("adjustment", "decrease", "INVENTORY_LOSS"),
        _wrong_amount("void", "void", "INVENTORY_LOSS"),
        _wrong_amount("expense", "expense", "CASH"),
        _due_payment_on_the_wrong_account,
    ],
    "entries_are_of_their_document_s_day": [
        lambda w: "entry {} of sale".format(
            change("journal_entries", entry_of("sale", w.cash_sale), "business_date = '2001-01-01'")
        ),
    ],
    "entries_have_their_document": [
        lambda w: "entry {} (refund)".format(
            change("journal_entries", entry_of("refund", w.part_refund), "document_id = 98765")
        ),
        lambda w: "entry {} (sale)".format(
            change("journal_entries", entry_of("sale", w.part_refund.sale), "document_id = NULL")
        ),
        lambda w: "entry {}, event".format(
            change("journal_entries", entry_of("expense", w.expense), "event = 'gift'")
        ),
        lambda w: "entry {} (manual)".format(
            change("journal_entries", w.by_hand.pk, "document_id = 1")
        ),
    ],
    "reversing_entries_mirror_the_first": [
        lambda w: (
            change_first("journal_lines", f"entry_id = {w.undone_by_hand.pk}", "account_id='NAGAD'")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.by_hand.pk}, debit less"
        ),
        lambda w: (
            change("journal_entries", w.undone_by_hand.pk, "memo = NULL")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.by_hand.pk}: expected an"
        ),
        lambda w: (
            change("journal_entries", w.undone_by_hand.pk, f"reverses_id = {w.undone_by_hand.pk}")
            and f"entry {w.undone_by_hand.pk}, which reverses entry {w.undone_by_hand.pk}"
        ),
    ],
    "reversing_payments_run_the_other_way": [
        _named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "amount = amount+1"),
        _named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "method = 'nagad'"),
        _named("payments", "payment {}, which", lambda w: w.undone_payment.pk, "direction = 'in'"),
        lambda w: (
            change("payments", w.undone_payment.pk, "reverses_id = NULL")
            and f"entry {w.undone_payment.entry_id}, which reverses entry"
        ),
        lambda w: "payment {}, which".format(
            change_first(
                "payments", f"purchase_id = {w.undone_purchase.pk}", "purchase_id = purchase_id - 1"
            )
        ),
    ],
    "reversing_expenses_are_the_opposite": [
        _named("expenses", "expense {}, which", lambda w: w.undone_expense.pk, "amount = -39"),
        _named("expenses", "expense {}, which", lambda w: w.undone_expense.pk, "amount = 40"),
        _named(
            "expenses",
            "expense {}, which reverses expense none",
            lambda w: w.undone_expense.pk,
            "reverses_id = NULL",
        ),
        lambda w: (
            change("journal_entries", entry_of("expense", w.undone_expense), "reverses_id = NULL")
            and f"expense {w.undone_expense.pk}, which"
        ),
    ],
    "reversing_purchases_are_the_opposite": [
        _named(
            "purchases", "purchase {}, which", lambda w: w.undone_purchase.pk, "total_amount = -1"
        ),
        _named(
            "purchases", "purchase {}, which", lambda w: w.undone_purchase.pk, "advance_used = -1"
        ),
        lambda w: (
            change("purchases", w.undone_purchase.reverses_id, "due_amount = 1")
            and f"purchase {w.undone_purchase.pk}, which"
        ),
        lambda w: (
            change_first("payments", f"purchase_id = {w.undone_purchase.pk}", "amount = amount - 1")
            and f"purchase {w.undone_purchase.reverses_id} and its reversal"
        ),
    ],
    "reversing_lines_emptied_their_batches": [
        lambda w: "purchase line {} of purchase".format(
            change_first(
                "purchase_items", f"purchase_id = {w.undone_purchase.pk}", "quantity = quantity + 1"
            )
        ),
        lambda w: "purchase line {} of purchase".format(
            change_first(
                "purchase_items", f"purchase_id = {w.undone_purchase.pk}", "reverses_id = NULL"
            )
        ),
        lambda w: "batch {} of purchase line".format(
            change(
                "batches",
                row_of(
                    "SELECT b.id FROM batches b JOIN purchase_items i ON i.id = b.purchase_item_id"
                    f" WHERE i.purchase_id = {w.undone_purchase.reverses_id} ORDER BY b.id"
                ),
                "remaining = 1",
            )
        ),
    ],
    "control_accounts_move_by_documents": [
        lambda w: "line {} of entry".format(
            change_first(
                "journal_lines", f"entry_id = {w.by_hand.pk}", "account_id = 'RECEIVABLES'"
            )
        ),
    ],
    "frozen_days_are_their_rows": [
        _fact(
            "UPDATE fact_sales SET gross_total = gross_total + 0.01 WHERE span = 1",
            "method cash, gross_total: expected ",
        ),
        _fact("UPDATE fact_sales SET largest = 1 WHERE span = 1", "method due, largest: expected"),
        _fact("DELETE FROM fact_products WHERE span = 1", "products of day: first_day "),
        _fact("UPDATE fact_customers SET last_at = NULL WHERE span = 1", "last_at: expected "),
        _fact("UPDATE fact_cash SET payments = 0 WHERE span = 1", "payments: expected "),
        _fact("UPDATE fact_buyers SET days = 0 WHERE span = 1", "days: expected 1 different"),
        # A sale that was written behind the facts' back.
        lambda w: (
            change("sales", w.cash_sale.pk, "tax = tax + 1, total_amount = total_amount + 1")
            and "method cash, tax: expected "
        ),
    ],
    "frozen_so_far_is_its_days": [
        _fact(
            "UPDATE fact_products SET quantity = quantity + 1 WHERE span = 3",
            "products up to day: first_day ",
        ),
        _fact("DELETE FROM fact_customers WHERE span = 3", "orders: expected "),
    ],
    "frozen_months_are_their_days": [
        _fact("UPDATE fact_sales SET cogs = cogs + 1 WHERE span = 2", "sales of month: first_day "),
        _fact("UPDATE fact_products SET quantity = quantity + 1 WHERE span = 2", "quantity: "),
        _fact("DELETE FROM fact_buyers WHERE span = 2", "customers: expected "),
        _fact("DELETE FROM fact_periods WHERE fact = 'cash' AND span = 1", "cash of month "),
    ],
    "sealed_days_are_unchanged": [
        _sealed_line_edited,
        _sealed_payment_gone,
        _row_slipped_into_a_closed_day,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", "seal = 'forged'")
            and f"seal of {row_of('SELECT MIN(day) FROM day_seals')}: expected forged"
        ),
    ],
    "seals_are_a_chain": [
        _seal_missing,
        lambda w: (
            change_first("day_seals", "day IS NOT NULL", "previous = 'forged'")
            and f"seal of {row_of('SELECT MIN(day) FROM day_seals')}, the seal before"
        ),
        lambda w: (
            change_first("day_seals", "day IS NULL", "seal = 'forged'") and "genesis of the seals"
        ),
    ],
    "nothing_is_before_the_first_seal": [
        _first(
            "inventory_log",
            "kind = 'sale'",
            "business_date = '2001-01-01'",
            "inventory_log {}, business day",
        ),
    ],
    "nothing_was_posted_into_a_locked_period": [
        _into_the_locked_period("journal_entries", "event = 'sale' AND document_id"),
        _into_the_locked_period("payments", "sale_id"),
        _into_the_locked_period("inventory_log", "reference = {0.invoice_no!r} AND {0.pk}"),
    ],
}
