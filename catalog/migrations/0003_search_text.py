from typing import Any

from django.db import migrations, models
from django.db.models import Q

from pos_project.core.db.search_text import SearchText, fill_search_text
from pos_project.core.db.unique_keys import key_of

KEYED = {"product": "sku", "brand": "name", "category": "name", "taxrate": "name"}


def without_what_nobody_sees(apps: Any, _: Any) -> None:
    """Keys are made anew where that changes them. A row that turns out to be the twin of another
    keeps its key (`reconcile` names it); a product without a visible code gets one."""
    for name, text in KEYED.items():
        model = apps.get_model("catalog", name)
        column = f"{text}_key"
        listed = {"archived_at": None} if name == "product" else {}
        kept = dict(model.objects.filter(**listed).values_list("pk", column))
        taken = set(kept.values())
        for row in model.objects.filter(pk__in=list(kept)).iterator(chunk_size=1000):
            told = getattr(row, text)
            key = key_of(told)
            if key is None:
                told = f"{name.upper()}-{row.pk}"
                key = key_of(told)
            key = model._meta.get_field(column).get_prep_value(key)
            if key != kept[row.pk] and key not in taken:
                taken.add(key)
                model.objects.filter(pk=row.pk).update(**{text: told, column: key})


class Migration(migrations.Migration):
    """Products are found and sorted by one spelling; what nobody sees makes no other code."""

    dependencies = (("catalog", "0002_names_have_keys"),)

    operations = (
        migrations.RunPython(without_what_nobody_sees, migrations.RunPython.noop),
        migrations.RemoveIndex("product", "catalog_product_by_name"),
        migrations.AddField("product", "search_text", SearchText()),
        fill_search_text("catalog", "product", of=("name", "sku")),
        migrations.AddIndex(
            "product", models.Index(fields=["search_text"], name="catalog_product_by_name")
        ),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                name="catalog_product_listed_has_a_code",
                condition=Q(archived_at__isnull=False) | Q(sku_key__isnull=False),
            ),
        ),
    )
