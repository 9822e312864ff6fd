import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("inventory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("inactive", "Inactive"),
                            ("banned", "Banned"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("verify", models.BooleanField(default=False)),
                ("notes", models.TextField(blank=True, null=True)),
                ("join_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "customers",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "refund_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="refunded"),
                ),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("paid_out", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "due_reduced",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="taken off dues"
                    ),
                ),
                ("refund_method", models.CharField(max_length=20, verbose_name="paid out by")),
                ("reason", models.CharField(max_length=255, null=True)),
                ("business_date", models.DateField(db_index=True)),
                ("sale_date", models.DateField()),
                ("created_at", models.DateTimeField(verbose_name="when")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="sales.customer",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "refunds",
            },
        ),
        migrations.CreateModel(
            name="RefundItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("restocked", models.BooleanField()),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="sales.refund",
                    ),
                ),
            ],
            options={
                "db_table": "refund_items",
            },
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "invoice_no",
                    models.CharField(max_length=50, null=True, unique=True, verbose_name="invoice"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Held"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=14)),
                ("discount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=14)),
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
                (
                    "refund_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="refunded"),
                ),
                ("advance_used", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "payment_method",
                    models.CharField(max_length=20, null=True, verbose_name="paid by"),
                ),
                ("note", models.TextField(null=True)),
                ("business_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True, verbose_name="sold at")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales",
                        to="sales.customer",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "sales",
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="sale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="sales.sale"
            ),
        ),
        migrations.CreateModel(
            name="CustomerDue",
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
                ("sale_date", models.DateField()),
                ("created_at", models.DateTimeField(verbose_name="since")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to="sales.customer",
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
                    "sale",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="due",
                        to="sales.sale",
                    ),
                ),
            ],
            options={
                "db_table": "customer_dues",
            },
        ),
        migrations.CreateModel(
            name="Cart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "open_for",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="open_cart",
                        to=settings.AUTH_USER_MODEL,
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
                    "sale",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cart",
                        to="sales.sale",
                    ),
                ),
            ],
            options={
                "db_table": "carts",
            },
        ),
        migrations.CreateModel(
            name="SaleItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product_name", models.CharField(max_length=255)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=14)),
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
                    "sale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="sales.sale",
                    ),
                ),
            ],
            options={
                "db_table": "sale_items",
            },
        ),
        migrations.CreateModel(
            name="SaleCogs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_cost", models.DecimalField(decimal_places=4, max_digits=14)),
                ("total_cost", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "refund_item",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cogs",
                        to="sales.refunditem",
                    ),
                ),
                (
                    "sale_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cogs",
                        to="sales.saleitem",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "sale cogs",
                "db_table": "sale_cogs",
            },
        ),
        migrations.AddField(
            model_name="refunditem",
            name="sale_item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund_items",
                to="sales.saleitem",
            ),
        ),
        migrations.CreateModel(
            name="SaleItemBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("buy_price", models.DecimalField(decimal_places=4, max_digits=14)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="inventory.batch",
                    ),
                ),
                (
                    "refund_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="sales.refunditem",
                    ),
                ),
                (
                    "sale_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="sales.saleitem",
                    ),
                ),
            ],
            options={
                "db_table": "sale_item_batches",
            },
        ),
        migrations.CreateModel(
            name="CartItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="sales.cart",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "db_table": "cart_items",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cart", "product", "unit_price"),
                        name="sales_cartitem_one_line_per_product_and_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="sales_cartitem_quantity_positive",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["name"], name="sales_customer_by_name"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "inactive", "banned"])),
                name="sales_customer_status_known",
            ),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["business_date", "status"], name="sales_sale_by_day"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["status", "id"], name="sales_sale_by_status"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["customer", "created_at"], name="sales_sale_of_customer"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["user", "created_at"], name="sales_sale_of_user"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["created_at"], name="sales_sale_by_moment"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(
                fields=["customer", "status", "completed_at"], name="sales_sale_last_of_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total_amount",
                        django.db.models.functions.math.Round(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("subtotal"), "+", models.F("tax")
                                ),
                                "-",
                                models.F("discount"),
                            ),
                            2,
                        ),
                    )
                ),
                name="sales_sale_total_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0), ("discount__lte", models.F("subtotal")), ("tax__gte", 0)
                ),
                name="sales_sale_discount_within_subtotal",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("advance_used__gte", 0),
                    ("due_amount__gte", 0),
                    ("paid_amount__gte", 0),
                    ("refund_amount__gte", 0),
                ),
                name="sales_sale_amounts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_amount__lte", models.F("total_amount"))),
                name="sales_sale_refunded_within_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "completed"), _negated=True),
                    ("due_amount", 0),
                    ("customer__isnull", False),
                    _connector="OR",
                ),
                name="sales_sale_due_needs_a_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "completed"), _negated=True),
                    models.Q(
                        ("business_date__isnull", False),
                        ("completed_at__isnull", False),
                        ("invoice_no__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sales_sale_completed_is_numbered_and_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("draft", "pending", "completed", "cancelled"))),
                name="sales_sale_status_known",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["customer", "created_at"], name="sales_refund_of_customer"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                fields=["sale_date", "due_reduced", "sale"], name="sales_refund_by_sale_day"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["user", "created_at"], name="sales_refund_of_user"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["created_at"], name="sales_refund_by_moment"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "refund_amount",
                        django.db.models.functions.math.Round(
                            django.db.models.expressions.CombinedExpression(
                                models.F("due_reduced"), "+", models.F("paid_out")
                            ),
                            2,
                        ),
                    )
                ),
                name="sales_refund_is_due_cancelled_plus_cash_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_reduced__gte", 0),
                    ("paid_out__gte", 0),
                    ("refund_amount__gte", 0),
                    ("tax_amount__gte", 0),
                ),
                name="sales_refund_amounts_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="customerdue",
            index=models.Index(fields=["customer", "status"], name="sales_customerdue_open"),
        ),
        migrations.AddIndex(
            model_name="customerdue",
            index=models.Index(
                fields=["status", "sale_date"], name="sales_customerdue_by_sale_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerdue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_amount__gt", 0), ("status", "open")),
                    models.Q(("due_amount", 0), ("status", "paid")),
                    _connector="OR",
                ),
                name="sales_customerdue_paid_exactly_at_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="saleitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="sales_saleitem_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="saleitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("subtotal__gte", 0), ("unit_price__gte", 0)),
                name="sales_saleitem_price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="salecogs",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("quantity__gt", 0), ("refund_item__isnull", True), ("total_cost__gte", 0)
                    ),
                    models.Q(
                        ("quantity__lt", 0), ("refund_item__isnull", False), ("total_cost__lte", 0)
                    ),
                    _connector="OR",
                ),
                name="sales_salecogs_sign_follows_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="refunditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("quantity__gt", 0)),
                name="sales_refunditem_quantity_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="saleitembatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cost__gte", 0), ("quantity__gt", 0), ("refund_item__isnull", True)),
                    models.Q(("cost__lte", 0), ("quantity__lt", 0), ("refund_item__isnull", False)),
                    _connector="OR",
                ),
                name="sales_saleitembatch_sign_follows_refund",
            ),
        ),
    ]
