"""`/api/dashboard/daily-trends`: sales and refunds day by day."""

from dataclasses import dataclass
from datetime import date

from rest_framework.serializers import IntegerField

from pos_project.core.http.fields import DayField, MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView, RowsOfPeriod
from reports.dashboards.owed import Owed, SoldAndOwed, sum_dues_by
from reports.dashboards.sales_figures import sales_by
from reports.summaries.buyer_sets import customers_by_day
from reports.summaries.buyers import BUYERS
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class Trend(SoldAndOwed):
    """The sales and refunds of a day."""

    day: date
    unique_customers: int


class DailyTrendsOut(FiguresSerializer):
    class DailyTrends(FiguresSerializer):
        date = DayField(source="day")
        transactions = IntegerField(source="sold.orders")
        gross_sales = MoneyField(source="sold.gross_sales")
        tax = MoneyField(source="sold.tax_collected")
        discounts = MoneyField(source="sold.discount")
        refunds = MoneyField(source="sold.refund_amount")
        net_revenue = MoneyField(source="sold.total_revenue")
        cash_received = MoneyField(source="paid")
        dues = MoneyField(source="owed.due")
        unique_customers = IntegerField()

    period = NamedPeriod()
    daily_trends = DailyTrends(source="rows", many=True)


class DailyTrendsView(PeriodView):
    """Day by day, oldest first; days without a sale or refund are left out."""

    message = "Daily trends"
    data_serializer = DailyTrendsOut

    def read(self, query: Period) -> RowsOfPeriod:
        plans = plan_reading(query, SALES, BUYERS, by_day=True)
        sold = sales_by(plans[SALES.name], "first_day")
        due = sum_dues_by(query, "first_day")
        customers = customers_by_day(plans[BUYERS.name])
        return RowsOfPeriod(
            query,
            [
                Trend(sold[day,], due.get((day,), Owed()), day, customers.get(day, 0))
                for (day,) in sorted(sold)
            ],
        )
