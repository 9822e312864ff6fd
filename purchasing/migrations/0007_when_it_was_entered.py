from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0006_opening_dues")]

    operations = [
        migrations.AddField("purchase", "entered_at", models.DateTimeField(null=True)),
    ]
