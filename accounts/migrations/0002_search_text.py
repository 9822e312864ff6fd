from django.db import migrations

from pos_project.core.db.search_text import SearchText, fill_search_text


class Migration(migrations.Migration):
    """Master data is found and sorted by one spelling of its names, codes and numbers."""

    dependencies = (("accounts", "0001_initial"),)

    operations = (
        migrations.AddField("user", "search_text", SearchText()),
        fill_search_text("accounts", "user", of=("name", "username", "email"), phones=("phone",)),
    )
