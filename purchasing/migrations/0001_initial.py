import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models

import pos_project.core.db.unique_keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Supplier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "gender",
                    models.CharField(
                        blank=True,
                        choices=[("male", "Male"), ("female", "Female"), ("other", "Other")],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("birthday", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=30, null=True)),
                ("alt_phone", models.CharField(blank=True, max_length=30, null=True)),
                ("whatsapp", models.CharField(blank=True, max_length=30, null=True)),
                ("division", models.CharField(blank=True, max_length=100, null=True)),
                ("district", models.CharField(blank=True, max_length=100, null=True)),
                ("city", models.CharField(blank=True, max_length=100, null=True)),
                ("area", models.CharField(blank=True, max_length=100, null=True)),
                ("post_code", models.CharField(blank=True, max_length=20, null=True)),
                ("road", models.CharField(blank=True, max_length=100, null=True)),
                ("house", models.CharField(blank=True, max_length=100, null=True)),
                ("image_public_id", models.CharField(blank=True, max_length=255, null=True)),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(blank=True, max_length=254, null=True)),
                ("sector", models.CharField(blank=True, max_length=100, null=True)),
                ("verify", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "suppliers",
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("received", "Received")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("invoice_no", models.CharField(max_length=50, null=True, verbose_name="invoice")),
                (
                    "invoice_key",
                    pos_project.core.db.unique_keys.KeyField(
                        blank=True, editable=False, max_length=50, null=True
                    ),
                ),
                ("purchase_date", models.DateField(verbose_name="date")),
                (
                    "total_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="total"),
                ),
                (
                    "paid_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="paid"),
                ),
                (
                    "due_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="due"),
                ),
                ("advance_used", models.DecimalField(decimal_places=2, max_digits=14)),
                ("payment_method", models.CharField(max_length=20, verbose_name="paid by")),
                ("note", models.TextField(null=True)),
                ("business_date", models.DateField(db_index=True)),
                ("created_at", models.DateTimeField()),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="purchasing.purchase",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
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
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="purchasing.supplier",
                    ),
                ),
            ],
            options={
                "db_table": "purchases",
            },
        ),
        migrations.CreateModel(
            name="SupplierDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "due_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="due"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("paid", "Paid")], default="open", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="since")),
                (
                    "purchase",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="due",
                        to="purchasing.purchase",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to="purchasing.supplier",
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
            ],
            options={
                "db_table": "supplier_dues",
            },
        ),
        migrations.CreateModel(
            name="PurchaseItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product_name", models.CharField(max_length=255)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("cost_price", models.DecimalField(decimal_places=2, max_digits=14)),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="purchasing.purchase",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="purchasing.purchaseitem",
                    ),
                ),
            ],
            options={
                "db_table": "purchase_items",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("quantity__gt", 0),
                                ("reverses__isnull", True),
                                ("subtotal__gte", 0),
                            ),
                            models.Q(
                                ("quantity__lt", 0),
                                ("reverses__isnull", False),
                                ("subtotal__lte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="purchasing_purchaseitem_sign_follows_reversal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_price__gte", 0)),
                        name="purchasing_purchaseitem_cost_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["purchase_date"], name="purchasing_purchase_by_date"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                fields=["supplier", "created_at"], name="purchasing_purchase_history"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(
                fields=("supplier", "invoice_key"),
                name="purchasing_purchase_invoice_unique_per_supplier",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total_amount",
                        django.db.models.functions.math.Round(
                            django.db.models.expressions.CombinedExpression(
                                models.F("paid_amount"), "+", models.F("due_amount")
                            ),
                            2,
                        ),
                    )
                ),
                name="purchasing_purchase_total_is_paid_plus_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("advance_used__gte", 0),
                        ("due_amount__gte", 0),
                        ("paid_amount__gte", 0),
                        ("reverses__isnull", True),
                    ),
                    models.Q(
                        ("advance_used__lte", 0),
                        ("due_amount", 0),
                        ("paid_amount__lte", 0),
                        ("reverses__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="purchasing_purchase_signs_follow_reversal",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"),
                    models.Q(("invoice_no__isnull", False), ("status", "received")),
                    _connector="OR",
                ),
                name="purchasing_purchase_received_is_numbered",
            ),
        ),
        migrations.AddIndex(
            model_name="supplierdue",
            index=models.Index(fields=["supplier", "status"], name="purchasing_supplierdue_open"),
        ),
        migrations.AddConstraint(
            model_name="supplierdue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_amount__gt", 0), ("status", "open")),
                    models.Q(("due_amount", 0), ("status", "paid")),
                    _connector="OR",
                ),
                name="purchasing_supplierdue_paid_exactly_at_zero",
            ),
        ),
    ]
