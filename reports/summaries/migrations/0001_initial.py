import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reports.summaries.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("ledger", "0001_initial"),
        ("sales", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuiltPeriod",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "summary",
                        "granularity",
                        "first_day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("summary", models.CharField(db_column="fact", max_length=20)),
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "version",
                    models.PositiveBigIntegerField(
                        db_column="edition", default=reports.summaries.models.new_version
                    ),
                ),
            ],
            options={
                "db_table": "fact_periods",
            },
        ),
        migrations.CreateModel(
            name="BuyersSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "store_id",
                        "seller_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("store_id", models.PositiveBigIntegerField()),
                ("seller_id", models.PositiveBigIntegerField()),
                ("days", models.PositiveBigIntegerField()),
                ("customer_count", models.PositiveBigIntegerField()),
                ("customers", models.BinaryField()),
                ("products", models.BinaryField()),
            ],
            options={
                "db_table": "fact_buyers",
            },
        ),
        migrations.CreateModel(
            name="CategorySummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "category_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("category_id", models.PositiveBigIntegerField()),
                ("sale_count", models.BigIntegerField()),
            ],
            options={
                "db_table": "fact_categories",
            },
        ),
        migrations.CreateModel(
            name="ProductLabel",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="catalog.product",
                    ),
                ),
                ("category_id", models.PositiveBigIntegerField()),
            ],
            options={
                "db_table": "fact_labels",
            },
        ),
        migrations.CreateModel(
            name="SummaryLock",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "db_table": "fact_locks",
            },
        ),
        migrations.CreateModel(
            name="AccountSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "store_id",
                        "account_id",
                        "event",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("event", models.CharField(max_length=20)),
                ("line_count", models.PositiveBigIntegerField()),
                ("debit", models.DecimalField(decimal_places=2, max_digits=20)),
                ("credit", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.ledgeraccount",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.store",
                    ),
                ),
            ],
            options={
                "db_table": "fact_accounts",
            },
        ),
        migrations.CreateModel(
            name="CashSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "store_id",
                        "method",
                        "direction",
                        "payment_type",
                        "payment_party",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("direction", models.CharField(max_length=3)),
                ("payment_type", models.CharField(max_length=15)),
                ("payment_party", models.CharField(max_length=10)),
                ("payments", models.PositiveBigIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.store",
                    ),
                ),
            ],
            options={
                "db_table": "fact_cash",
            },
        ),
        migrations.CreateModel(
            name="CustomerSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "customer_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("orders", models.BigIntegerField()),
                ("gross_total", models.DecimalField(decimal_places=2, max_digits=20)),
                ("refund_amount", models.DecimalField(decimal_places=2, max_digits=20)),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="sales.customer",
                    ),
                ),
            ],
            options={
                "db_table": "fact_customers",
            },
        ),
        migrations.CreateModel(
            name="ProductSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "product_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line_count", models.BigIntegerField()),
                ("sale_count", models.BigIntegerField()),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=18)),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=20)),
                ("returned", models.DecimalField(decimal_places=3, max_digits=18)),
                ("returned_value", models.DecimalField(decimal_places=2, max_digits=20)),
                ("cogs", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "db_table": "fact_products",
            },
        ),
        migrations.CreateModel(
            name="PurchaseSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "product_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=18)),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "db_table": "fact_purchases",
            },
        ),
        migrations.CreateModel(
            name="RecordedSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "user_id",
                        "kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("recorded", models.PositiveBigIntegerField()),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "fact_recorded",
            },
        ),
        migrations.CreateModel(
            name="SalesSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "store_id",
                        "seller_id",
                        "method",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("orders", models.PositiveBigIntegerField()),
                ("gross_total", models.DecimalField(decimal_places=2, max_digits=20)),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=20)),
                ("discount", models.DecimalField(decimal_places=2, max_digits=20)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=20)),
                ("squares", models.DecimalField(decimal_places=4, max_digits=36)),
                ("smallest", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("largest", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("customer_orders", models.PositiveBigIntegerField()),
                ("customer_gross", models.DecimalField(decimal_places=2, max_digits=20)),
                ("refunds", models.PositiveBigIntegerField()),
                ("refund_amount", models.DecimalField(decimal_places=2, max_digits=20)),
                ("refund_tax", models.DecimalField(decimal_places=2, max_digits=20)),
                ("customer_refund", models.DecimalField(decimal_places=2, max_digits=20)),
                ("units", models.DecimalField(decimal_places=3, max_digits=18)),
                ("units_returned", models.DecimalField(decimal_places=3, max_digits=18)),
                ("returned_value", models.DecimalField(decimal_places=2, max_digits=20)),
                ("cogs", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.store",
                    ),
                ),
            ],
            options={
                "db_table": "fact_sales",
            },
        ),
        migrations.CreateModel(
            name="StockSummary",
            fields=[
                (
                    "granularity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Day"), (2, "Month")], db_column="span"
                    ),
                ),
                ("first_day", models.DateField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "granularity",
                        "first_day",
                        "store_id",
                        "product_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("units", models.DecimalField(decimal_places=3, max_digits=18)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.store",
                    ),
                ),
            ],
            options={
                "db_table": "fact_stock",
            },
        ),
    ]
