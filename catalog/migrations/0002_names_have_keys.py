from django.db import migrations

from pos_project.core.db.unique_keys import KeyField

LENGTHS = {"brand": 100, "category": 100, "taxrate": 50}


class Migration(migrations.Migration):
    """A name always has its key. (The first migration meant it, but made the columns nullable.)"""

    dependencies = (("catalog", "0001_initial"),)

    operations = tuple(
        migrations.AlterField(
            model, "name_key", KeyField(max_length=length, null=False, unique=True)
        )
        for model, length in LENGTHS.items()
    )
