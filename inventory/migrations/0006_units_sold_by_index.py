import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_and_shop"),
        ("catalog", "0003_sku_label"),
        ("inventory", "0005_names_on_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # The new index first: it also serves the store's foreign key, which MySQL wants indexed.
    operations = [
        migrations.AddIndex(
            model_name="inventorylog",
            index=models.Index(
                fields=["store", "kind", "business_date", "product", "change_qty"],
                name="inventory_log_sold_in_store",
            ),
        ),
        migrations.AlterField(
            model_name="inventorylog",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.store"
            ),
        ),
    ]
