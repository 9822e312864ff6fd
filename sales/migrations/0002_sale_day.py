"""Dues and refunds know the business day of their sale, which reports of that day ask for."""

from django.db import migrations, models

OF_ITS_SALE = "UPDATE {table} SET sale_date = (SELECT business_date FROM sales WHERE sales.id = {table}.sale_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="customerdue",
            name="sale_date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="sale_date",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(
            [OF_ITS_SALE.format(table="customer_dues"), OF_ITS_SALE.format(table="refunds")],
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="customerdue",
            name="sale_date",
            field=models.DateField(),
        ),
        migrations.AlterField(
            model_name="refund",
            name="sale_date",
            field=models.DateField(db_index=True),
        ),
        migrations.AddIndex(
            model_name="customerdue",
            index=models.Index(
                fields=["status", "sale_date"], name="sales_customerdue_by_sale_day"
            ),
        ),
    ]
