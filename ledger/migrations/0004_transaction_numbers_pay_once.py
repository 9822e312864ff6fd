from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import pos_project.core.db.unique_keys
from pos_project.core.db.unique_keys import key_of

WALLETS = ("bkash", "nagad")


def take_what_has_paid(apps: Any, _: Any) -> None:
    """The numbers of payments that stand. One that paid twice before keeps its first entry; the
    others are kept under the number and their entry, so that none of them pays again."""
    taken_by = apps.get_model("ledger", "TransactionId")
    apps.get_model("ledger", "PaymentMethod").objects.filter(code__in=WALLETS).update(
        has_transaction_ids=True
    )
    standing = apps.get_model("ledger", "Payment").objects.filter(
        method__in=WALLETS,
        reverses=None,
        reversed_by=None,
    )
    own_number = Q(reference_no=F("sale__invoice_no")) | Q(reference_no=F("purchase__invoice_no"))
    rows = standing.exclude(payment_type="refund").exclude(own_number).order_by("id")
    taken: dict[tuple[str, str], int] = {}
    columns = ("method_id", "payment_type", "reference_no", "entry__reference", "entry_id")
    for method, what_for, own, of_entry, entry in rows.values_list(*columns):
        key = key_of(own if what_for == "payment" else of_entry)
        if key is None or taken.get((method, key)) == entry:
            continue
        if (method, key) in taken:
            key = f"{key}#{entry}"
        taken.setdefault((method, key), entry)
    taken_by.objects.bulk_create(
        [
            taken_by(method_id=method, number_key=key, entry_id=entry)
            for (method, key), entry in taken.items()
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = (
        ("ledger", "0003_counted_cash_and_the_time_zone"),
        ("purchasing", "0001_initial"),
        ("sales", "0001_initial"),
    )

    operations = (
        migrations.AddField(
            model_name="paymentmethod",
            name="has_transaction_ids",
            field=models.BooleanField(
                default=False,
                help_text="A wallet's: a number that a till sends is refused when it has paid"
                " before.",
                verbose_name="a transaction number pays once",
            ),
        ),
        migrations.CreateModel(
            name="TransactionId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number_key",
                    pos_project.core.db.unique_keys.KeyField(
                        blank=True, editable=False, max_length=100, null=False
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="ledger.journalentry"
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
                "db_table": "transaction_ids",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("method", "number_key"), name="ledger_transactionid_pays_once"
                    )
                ],
            },
        ),
        migrations.RunPython(take_what_has_paid, migrations.RunPython.noop),
    )
