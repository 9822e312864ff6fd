from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_people_and_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="store",
            name="number_prefix",
            field=models.CharField(
                blank=True,
                max_length=8,
                null=True,
                unique=True,
                verbose_name="sales' numbers begin with",
            ),
        ),
        migrations.AddField(
            model_name="store",
            name="staff_set_levels",
            field=models.BooleanField(
                default=True, verbose_name="staff may set reorder levels and places"
            ),
        ),
    ]
