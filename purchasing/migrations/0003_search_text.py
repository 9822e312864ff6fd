from django.db import migrations

from pos_project.core.db.search_text import SearchText, fill_search_text


class Migration(migrations.Migration):
    """Master data is found and sorted by one spelling of its names, codes and numbers."""

    dependencies = (("purchasing", "0002_own_words"),)

    operations = (
        migrations.AddField("supplier", "search_text", SearchText()),
        fill_search_text("purchasing", "supplier", of=("name", "email"), phones=("phone",)),
    )
