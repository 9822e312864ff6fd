"""Which columns and filters of a list somebody keeps for themselves."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("core", "0002_maintenance_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=100)),
                ("name", models.CharField(blank=True, default="", max_length=60)),
                ("kept", models.TextField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "kept_lists"},
        ),
        migrations.AddConstraint(
            model_name="keptlist",
            constraint=models.UniqueConstraint(
                fields=("user", "page", "name"), name="core_keptlist_one_of_a_name"
            ),
        ),
    ]
