import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("purchasing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("opening", "Opening"),
                            ("adjustment", "Adjustment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("received_on", models.DateField()),
                ("unit_cost", models.DecimalField(decimal_places=4, max_digits=14)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("remaining", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "is_open",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(remaining__gt=0, then=models.Value(1)),
                            default=models.Value(0),
                        ),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalog.product",
                    ),
                ),
                (
                    "purchase_item",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch",
                        to="purchasing.purchaseitem",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
                "db_table": "batches",
            },
        ),
        migrations.CreateModel(
            name="InventoryLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("sale", "Sale"),
                            ("refund", "Refund"),
                            ("opening", "Opening"),
                            ("adjustment", "Adjustment"),
                            ("void", "Void"),
                        ],
                        max_length=10,
                    ),
                ),
                ("change_qty", models.DecimalField(decimal_places=3, max_digits=12)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=100)),
                ("reference", models.CharField(max_length=100, null=True)),
                ("note", models.TextField(null=True)),
                ("business_date", models.DateField()),
                ("created_at", models.DateTimeField()),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="catalog.product",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.store",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "voids",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voided_by",
                        to="inventory.inventorylog",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock movement",
                "db_table": "inventory_log",
            },
        ),
        migrations.CreateModel(
            name="InventoryLogBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log_batches",
                        to="inventory.batch",
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="inventory.inventorylog",
                    ),
                ),
            ],
            options={
                "db_table": "inventory_log_batches",
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                fields=["product", "store", "is_open", "received_on", "id"],
                name="inventory_batch_fifo",
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                fields=["is_open", "product", "remaining", "unit_cost"],
                name="inventory_batch_on_shelf",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("quantity"))),
                name="inventory_batch_remaining_within_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory_batch_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_cost__gte", 0)), name="inventory_batch_cost_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="inventorylog",
            index=models.Index(
                fields=["product", "business_date", "kind"], name="inventory_log_by_product_day"
            ),
        ),
        migrations.AddIndex(
            model_name="inventorylog",
            index=models.Index(
                fields=["store", "kind", "business_date", "product", "change_qty"],
                name="inventory_log_sold_in_store",
            ),
        ),
        migrations.AddIndex(
            model_name="inventorylog",
            index=models.Index(fields=["business_date"], name="inventory_log_by_day"),
        ),
        migrations.AddConstraint(
            model_name="inventorylog",
            constraint=models.CheckConstraint(
                condition=models.Q(("change_qty", 0), _negated=True),
                name="inventory_inventorylog_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="inventorylog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "void"), ("voids__isnull", False)),
                    models.Q(models.Q(("kind", "void"), _negated=True), ("voids__isnull", True)),
                    _connector="OR",
                ),
                name="inventory_inventorylog_only_voids_void",
            ),
        ),
        migrations.AddConstraint(
            model_name="inventorylogbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity", 0), _negated=True),
                name="inventory_inventorylogbatch_moves_something",
            ),
        ),
    ]
