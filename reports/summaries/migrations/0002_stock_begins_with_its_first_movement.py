"""Build stock anew where free goods came before anything else: their day was left out."""

from django.db import migrations

OTHERS = ("sales", "refunds", "payments", "journal_entries")


def forget_stock_without_its_first_day(apps, schema_editor):
    first_of = "(SELECT MIN(business_date) FROM {})"
    with schema_editor.connection.cursor() as cursor:
        firsts = ", ".join(first_of.format(table) for table in (*OTHERS, "inventory_log"))
        cursor.execute(f"SELECT {firsts}")
        *others, moved = cursor.fetchone()
        known = [first for first in others if first is not None]
        if moved is not None and (not known or moved < min(known)):
            cursor.execute("DELETE FROM fact_periods WHERE fact = 'stock'")


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0001_initial"),
        ("inventory", "0001_initial"),
        ("ledger", "0001_initial"),
        ("sales", "0001_initial"),
    ]

    operations = [migrations.RunPython(forget_stock_without_its_first_day, lambda *_: None)]
