from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows from before stay without: nobody knows, and a closed day's rows may not change."""

    dependencies = [("ledger", "0009_seals_say_what_they_cover")]

    operations = [
        migrations.AddField("cashcount", "entered_at", models.DateTimeField(null=True)),
        migrations.AddField("expense", "entered_at", models.DateTimeField(null=True)),
        migrations.AddField("journalentry", "entered_at", models.DateTimeField(null=True)),
    ]
