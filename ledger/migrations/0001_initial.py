import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("purchasing", "0001_initial"),
        ("sales", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DaySeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(null=True, unique=True)),
                ("seal", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("row_counts", models.JSONField()),
                ("checksums", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "closed day",
                "db_table": "day_seals",
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=10, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asset", "Asset"),
                            ("liability", "Liability"),
                            ("equity", "Equity"),
                            ("income", "Income"),
                            ("expense", "Expense"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_control", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "account",
                "db_table": "ledger_accounts",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("sale", "Sale"),
                            ("customer_payment", "Customer Payment"),
                            ("refund", "Refund"),
                            ("purchase", "Purchase"),
                            ("supplier_payment", "Supplier Payment"),
                            ("opening", "Opening"),
                            ("expense", "Expense"),
                            ("adjustment", "Adjustment"),
                            ("void", "Void"),
                            ("manual", "Manual"),
                            ("opening_balance", "Opening Balance"),
                        ],
                        max_length=20,
                    ),
                ),
                ("document_id", models.BigIntegerField(null=True)),
                ("reference", models.CharField(max_length=100, null=True)),
                ("memo", models.TextField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("posted", "Posted")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("business_date", models.DateField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="ledger.journalentry",
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
                "verbose_name_plural": "journal entries",
                "db_table": "journal_entries",
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("debit", models.DecimalField(decimal_places=2, max_digits=14)),
                ("credit", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="sales.customer"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="ledger.journalentry",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="purchasing.supplier",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="ledger.ledgeraccount",
                    ),
                ),
            ],
            options={
                "db_table": "journal_lines",
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=50)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="ledger.ledgeraccount"
                    ),
                ),
            ],
            options={
                "db_table": "payment_methods",
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payment_party",
                    models.CharField(
                        choices=[("customer", "Customer"), ("supplier", "Supplier")], max_length=10
                    ),
                ),
                (
                    "payment_type",
                    models.CharField(
                        choices=[
                            ("payment", "Payment"),
                            ("due_payment", "Due Payment"),
                            ("refund", "Refund"),
                            ("advance", "Advance"),
                        ],
                        max_length=15,
                        verbose_name="what for",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "In"), ("out", "Out")],
                        max_length=3,
                        verbose_name="in or out",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reference_no", models.CharField(max_length=100, null=True)),
                ("note", models.TextField(null=True)),
                ("business_date", models.DateField()),
                ("created_at", models.DateTimeField(verbose_name="when")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sales.customer",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="ledger.journalentry",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="purchasing.purchase",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="sales.refund",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="ledger.payment",
                    ),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="sales.sale",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="purchasing.supplier",
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
                (
                    "method",
                    models.ForeignKey(
                        db_column="method",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.paymentmethod",
                    ),
                ),
            ],
            options={
                "db_table": "payments",
            },
        ),
        migrations.CreateModel(
            name="Expense",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=255)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("category", models.CharField(max_length=100, null=True)),
                ("description", models.TextField(null=True)),
                ("business_date", models.DateField(db_index=True)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="ledger.expense",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
                    ),
                ),
                (
                    "payment_method",
                    models.ForeignKey(
                        db_column="payment_method",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.paymentmethod",
                        verbose_name="paid by",
                    ),
                ),
            ],
            options={
                "db_table": "expenses",
            },
        ),
        migrations.CreateModel(
            name="PeriodLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("locked_through", models.DateField(null=True)),
                ("reason", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField()),
                ("last_ids", models.JSONField(null=True)),
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
                "db_table": "period_locks",
            },
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                fields=["business_date", "store"], name="ledger_journalentry_by_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("event", "document_id"), name="ledger_journalentry_once_per_document"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit", 0), ("debit__gt", 0)),
                    models.Q(("credit__gt", 0), ("debit", 0)),
                    _connector="OR",
                ),
                name="ledger_journalline_one_positive_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", "due"), _negated=True),
                name="ledger_paymentmethod_due_is_no_tender",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["business_date", "method"], name="ledger_payment_by_day"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["customer", "payment_type", "created_at"], name="ledger_payment_of_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["supplier", "payment_type", "created_at"], name="ledger_payment_of_supplier"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["user", "payment_type", "created_at"], name="ledger_payment_of_user"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["payment_type", "created_at"], name="ledger_payment_by_type"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="ledger_payment_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("payment_party", "customer"),
                        ("purchase__isnull", True),
                        ("supplier__isnull", True),
                    ),
                    models.Q(
                        ("customer__isnull", True),
                        ("payment_party", "supplier"),
                        ("refund__isnull", True),
                        ("sale__isnull", True),
                        ("supplier__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ledger_payment_party_matches",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ("in", "out"))),
                name="ledger_payment_direction_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="ledger_expense_sign_follows_reversal",
            ),
        ),
    ]
