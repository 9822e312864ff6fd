"""A period lock remembers the newest rows there were: what came later is told from them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_histories")]

    operations = [
        migrations.AddField(
            model_name="periodlock", name="last_ids", field=models.JSONField(null=True)
        ),
    ]
