from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="expense",
            name="method_name",
            field=models.CharField(max_length=50, null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="method_name",
            field=models.CharField(max_length=50, null=True),
        ),
    ]
