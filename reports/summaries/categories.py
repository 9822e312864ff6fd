"""In how many sales each category was sold: a summary that hangs on master data (ADR 0017).

A product may change its category, or leave the shop, long after its sales were counted. So sales
are counted by labels, copies of the products' categories that change only here: what was counted
and what is counted live always go by the same labels. `moved` names the products whose label is no
longer true; readers make up for them, and the nightly run counts their days anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from reports.summaries.active_products import ACTIVE
from reports.summaries.builder import Events, TableBuilder
from reports.summaries.day_sets import Days, month_of
from reports.summaries.models import BuiltPeriod, CategorySummary, Granularity, ProductLabel
from reports.summaries.raw import as_day, rows
from reports.summaries.sale_sums import COMPLETED_SALES

NO_CATEGORY = 0
CATEGORY_NOW = f"COALESCE(p.category_id, {NO_CATEGORY})"  # of a product `p`


@dataclass(frozen=True)
class CategoriesBuilder(TableBuilder):
    """Makes `CategorySummary`."""

    def prepare(self) -> None:
        """Label every product as it is now, and forget the days on which a moved one was sold."""
        ids = moved(labels_now(), categories_now())
        if not ids:
            return
        built = BuiltPeriod.objects.filter(summary=self.name)
        days = _days_sold(ids) if built.exists() else Days()
        for first, last in days.runs:
            built.filter(granularity=Granularity.DAY, first_day__range=(first, last)).delete()
        months = {month_of(day) for day in days}
        built.filter(granularity=Granularity.MONTH, first_day__in=months).delete()
        ProductLabel.objects.filter(product_id__in=ids).delete()
        _label(f"p.id IN ({_marks(ids)})")

    def build_days(self, days: Days) -> None:
        self._label_new_products()
        super().build_days(days)

    def _label_new_products(self) -> None:
        """Label products that no built day has sold: they change nothing that was counted."""
        which = "NOT EXISTS (SELECT 1 FROM fact_labels l WHERE l.product_id = p.id)"
        if BuiltPeriod.objects.filter(summary=self.name, granularity=Granularity.DAY).exists():
            which += f""" AND NOT EXISTS (
                SELECT 1 FROM sale_items i
                JOIN sales s ON s.id = i.sale_id AND s.status = 'completed'
                JOIN fact_periods f ON f.first_day = s.business_date
                    AND f.fact = '{self.name}' AND f.span = {Granularity.DAY.value}
                WHERE i.product_id = p.id
            )"""
        _label(which)


CATEGORIES = CategoriesBuilder(
    name="categories",
    model=CategorySummary,
    keys=("category_id",),
    figures={"sale_count": "SUM"},
    events=(
        Events(
            "FROM (SELECT DISTINCT s.business_date, s.id, l.category_id FROM sales s"
            " JOIN sale_items i ON i.sale_id = s.id"
            " JOIN fact_labels l ON l.product_id = i.product_id"
            " WHERE s.status = 'completed' AND {days}) s",
            COMPLETED_SALES,
            ("s.category_id",),
            {"sale_count": "1"},
        ),
    ),
)


def categories_now() -> dict[int, int]:
    """Today's category of every active product, by product id."""
    return dict(rows(f"SELECT p.id, {CATEGORY_NOW} FROM products p WHERE {ACTIVE}", {}))


@dataclass(frozen=True)
class Labels:
    """The category by which sales of each product are counted."""

    of: Mapping[int, int] = field(hash=False)


def labels_now() -> Labels:
    return Labels(dict(rows("SELECT product_id, category_id FROM fact_labels", {})))


def moved(labels: Labels, now: Mapping[int, int]) -> list[int]:
    """The products that are not labelled as they are `now`: with a category, or out of the shop."""
    if labels.of == now:
        return []
    return sorted({pk for pk, _ in labels.of.items() ^ now.items()})


def _days_sold(ids: Sequence[int]) -> Days:
    return Days.of(
        as_day(day)
        for (day,) in rows(
            "SELECT DISTINCT s.business_date FROM sale_items i JOIN sales s ON s.id = i.sale_id"
            f" WHERE i.product_id IN ({_marks(ids)}) AND s.status = 'completed'",
            {},
        )
    )


def _label(which: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO fact_labels (product_id, category_id)"
            f" SELECT p.id, {CATEGORY_NOW} FROM products p WHERE {ACTIVE} AND {which}"
        )


def _marks(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids)) or "NULL"
