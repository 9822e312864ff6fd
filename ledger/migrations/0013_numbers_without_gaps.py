import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("ledger", "0012_papers_of_expenses"),
    ]

    operations = [
        migrations.CreateModel(
            "DocumentNumber",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("document_id", models.BigIntegerField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("business_date", models.DateField(db_index=True)),
                ("content", models.CharField(max_length=64)),
                ("chained", models.CharField(max_length=64)),
                ("numbered_at", models.DateTimeField(db_index=True)),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
                    ),
                ),
            ],
            options={
                "db_table": "document_numbers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "number"), name="ledger_documentnumber_once_per_store"
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "document_id"),
                        name="ledger_documentnumber_one_per_document",
                    ),
                ],
            },
        ),
    ]
