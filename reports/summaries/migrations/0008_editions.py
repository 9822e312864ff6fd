from typing import Any

from django.db import migrations, models

import reports.summaries.models

# Each period a number of its own; the default of a new column would be the same in every row.
NUMBERS = {
    "mysql": "UPDATE fact_periods SET edition = UUID_SHORT() & 4611686018427387903",
    "sqlite": "UPDATE fact_periods SET edition = ABS(RANDOM() % 4611686018427387904)",
}


def number(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(NUMBERS[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0007_spans_of_every_fact"),
    ]

    operations = [
        migrations.AddField(
            model_name="frozenperiod",
            name="edition",
            field=models.PositiveBigIntegerField(default=reports.summaries.models.new_version),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
