from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("purchasing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="supplier_name",
            field=models.CharField(max_length=100, null=True),
        ),
    ]
