import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_repeating_expenses")]

    operations = [
        migrations.AlterField(
            "documentnumber",
            "store",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
            ),
        ),
    ]
