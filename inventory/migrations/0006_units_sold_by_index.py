from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_and_shop"),
        ("catalog", "0003_sku_label"),
        ("inventory", "0005_names_on_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # The new one first: MySQL needs an index that begins with the product for its foreign key.
    operations = [
        migrations.AddIndex(
            model_name="inventorylog",
            index=models.Index(
                fields=["product", "business_date", "kind", "store", "change_qty"],
                name="inventory_log_of_product",
            ),
        ),
        migrations.RemoveIndex(
            model_name="inventorylog",
            name="inventory_log_by_product_day",
        ),
    ]
