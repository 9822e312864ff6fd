from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0005_held_label"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(
                fields=["customer", "status", "completed_at"], name="sales_sale_last_of_customer"
            ),
        ),
    ]
