from django.conf import settings
from django.db import migrations, models


def fill_what_was_sold_before(apps, schema_editor):
    """What older sales are shown with today becomes their own."""
    cursor = schema_editor.connection.cursor()
    cursor.execute(
        "UPDATE sales SET customer_name = (SELECT name FROM customers c WHERE c.id = sales.customer_id),"
        " currency_sign = (SELECT currency_sign FROM stores s WHERE s.id = sales.store_id)"
    )
    rates = apps.get_model("catalog", "TaxRate").objects.order_by("rate", "id")
    for rate_id, name, percent in rates.values_list("id", "name", "rate"):
        cursor.execute(
            "UPDATE sales SET tax_rate_id = %s, tax_rate_name = %s, tax_percent = %s"
            " WHERE tax > 0 AND tax_percent IS NULL"
            # Half a cent, and a hair for SQLite, where decimals are floats.
            " AND ABS((subtotal - discount) * %s / 100.0 - tax) <= 0.0051",
            [rate_id, name, str(percent), float(percent)],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("sales", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sale",
            name="change_amount",
            field=models.DecimalField(
                decimal_places=2, max_digits=14, null=True, verbose_name="change"
            ),
        ),
        migrations.AddField(
            model_name="sale",
            name="currency_sign",
            field=models.CharField(max_length=5, null=True),
        ),
        migrations.AddField(
            model_name="sale",
            name="customer_name",
            field=models.CharField(max_length=100, null=True),
        ),
        migrations.AddField(
            model_name="sale",
            name="tax_percent",
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name="sale",
            name="tax_rate_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="sale",
            name="tax_rate_name",
            field=models.CharField(max_length=50, null=True),
        ),
        migrations.AddField(
            model_name="sale",
            name="tendered_amount",
            field=models.DecimalField(
                decimal_places=2, max_digits=14, null=True, verbose_name="tendered"
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("tax_percent__isnull", True),
                        ("tax_rate_id__isnull", True),
                        ("tax_rate_name__isnull", True),
                    ),
                    models.Q(
                        ("tax_percent__isnull", False),
                        ("tax_rate_id__isnull", False),
                        ("tax_rate_name__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sales_sale_tax_rate_has_name_and_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("change_amount__isnull", True),
                    models.Q(
                        ("change_amount__gte", 0),
                        ("change_amount__lte", models.F("tendered_amount")),
                    ),
                    _connector="OR",
                ),
                name="sales_sale_change_is_less_than_tendered",
            ),
        ),
        migrations.RunPython(fill_what_was_sold_before, migrations.RunPython.noop),
    ]
