"""Tell the audit what earlier versions wrote past it, or `reconcile` would take it for forged.

Confirmed addresses, and brands, categories and rates that were taken from archived products. Nothing
else that differs is told: that is for `reconcile` to name.
"""

from django.db import migrations
from django.utils import timezone

MADE, CHANGED = 0, 1
WRITTEN = {  # by model, what its columns became
    ("accounts", "user"): {"verify": "True"},
    ("catalog", "product"): {"brand": "None", "category": "None", "tax_rate": "None"},
}


def tell(apps, schema_editor):
    kinds = apps.get_model("contenttypes", "ContentType").objects
    entry = apps.get_model("accounts", "AuditEntry")
    for label, became in WRITTEN.items():
        kind = kinds.filter(app_label=label[0], model=label[1]).first()
        entries = entry.objects.filter(content_type=kind, action__in=(MADE, CHANGED))
        told = {}
        for key, changes in entries.order_by("id").values_list("object_pk", "changes").iterator():
            pairs = {name: pair for name, pair in (changes or {}).items() if name in became}
            known = told.setdefault(key, {})
            known.update({name: pair[1] for name, pair in pairs.items() if isinstance(pair, list)})
        model = apps.get_model(*label)
        columns = [model._meta.get_field(name).attname for name in became]
        for pk, *values in model.objects.order_by("pk").values_list("pk", *columns).iterator():
            known = told.get(str(pk), {})
            missed = {
                name: [known[name], became[name]]
                for name, value in zip(became, values, strict=True)
                if str(value) == became[name] and known.get(name, became[name]) != became[name]
            }
            if missed:
                entry.objects.create(
                    content_type=kind,
                    object_pk=str(pk),
                    object_id=pk,
                    object_repr=f"{label[1]} {pk}",
                    action=CHANGED,
                    changes=missed,
                    timestamp=timezone.now(),
                )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_people_and_sign_ins"),
        ("catalog", "0008_coming_prices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
