from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_due_credits")]

    operations = [
        migrations.AddField("dayseal", "form", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("dayseal", "begins_at", models.DateTimeField(null=True)),
        migrations.AddField("dayseal", "ends_at", models.DateTimeField(null=True)),
        migrations.AddField("dayseal", "earlier", models.JSONField(default=dict)),
        migrations.AddField("periodlock", "counted", models.JSONField(null=True)),
    ]
