from django.db import migrations, models

from pos_project.core.db.search_text import SearchText, fill_search_text


class Migration(migrations.Migration):
    """Master data is found and sorted by one spelling of its names, codes and numbers."""

    dependencies = (("sales", "0002_own_words"),)

    operations = (
        migrations.RemoveIndex("customer", "sales_customer_by_name"),
        migrations.AddField("customer", "search_text", SearchText()),
        fill_search_text("sales", "customer", of=("name", "email"), phones=("phone",)),
        migrations.AddIndex(
            "customer", models.Index(fields=["search_text"], name="sales_customer_by_name")
        ),
    )
