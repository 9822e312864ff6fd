"""Ways of breaking summaries, by invariant."""

from django.db import connection

from reports.reconciliation.tests.corruption.by_hand import Breaking, change
from reports.tests.a_shops_week import Week


def _built(sql: str, words: str) -> Breaking:
    """Change summaries by `sql`; they have no ids, so `words` are those of the kind and day."""

    def breaking(week: Week) -> str:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount >= 1, sql
        return words

    return breaking


BROKEN: dict[str, list[Breaking]] = {
    "summaries_of_days_are_their_rows": [
        _built(
            "UPDATE fact_sales SET gross_total = gross_total + 0.01 WHERE span = 1",
            "method cash, gross_total: expected ",
        ),
        _built("UPDATE fact_sales SET largest = 1 WHERE span = 1", "method due, largest: expected"),
        _built("DELETE FROM fact_products WHERE span = 1", "products of day: first_day "),
        _built("UPDATE fact_customers SET last_at = NULL WHERE span = 1", "last_at: expected "),
        _built("UPDATE fact_cash SET payments = 0 WHERE span = 1", "payments: expected "),
        _built("UPDATE fact_buyers SET days = 0 WHERE span = 1", "days: expected 1 different"),
        # A sale that was written behind the summaries' back.
        lambda w: (
            change("sales", w.cash_sale.pk, "tax = tax + 1, total_amount = total_amount + 1")
            and "method cash, tax: expected "
        ),
    ],
    "summaries_of_months_are_their_days": [
        _built(
            "UPDATE fact_sales SET cogs = cogs + 1 WHERE span = 2", "sales of month: first_day "
        ),
        _built("UPDATE fact_products SET quantity = quantity + 1 WHERE span = 2", "quantity: "),
        _built("DELETE FROM fact_buyers WHERE span = 2", "customers: expected "),
        _built("DELETE FROM fact_periods WHERE fact = 'cash' AND span = 1", "cash of month "),
    ],
}
