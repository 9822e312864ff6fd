"""`/api/dashboard/staff-performance`: what everybody sold."""

from dataclasses import dataclass

from rest_framework.serializers import CharField, IntegerField

from accounts.models import User
from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView, RowsOfPeriod
from reports.dashboards.owed import Owed, SoldAndOwed, sum_dues_by
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.summaries.buyer_sets import buyers_by_seller
from reports.summaries.buyers import BUYERS, Buyers
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class SellerSales(SoldAndOwed):
    """What a user sold, to whom and on which days."""

    user_id: int
    name: str
    bought: Buyers

    @property
    def unique_customers(self) -> int:
        return len(self.bought.customers)

    @property
    def working_days(self) -> int:
        return len(self.bought.days)


class StaffPerformanceOut(FiguresSerializer):
    class StaffPerformance(FiguresSerializer):
        staff_id = IntegerField(source="user_id")
        staff_name = CharField(source="name")
        total_sales = IntegerField(source="sold.orders")
        total_revenue = MoneyField(source="sold.total_revenue")
        gross_sales = MoneyField(source="sold.gross_sales")
        total_discounts = MoneyField(source="sold.discount")
        tax_collected = MoneyField(source="sold.tax_collected")
        cash_collected = MoneyField(source="paid")
        dues_created = MoneyField(source="owed.due")
        unique_customers = IntegerField()
        avg_sale_value = MoneyField(source="sold.average_order")
        working_days = IntegerField()

    period = NamedPeriod()
    staff_performance = StaffPerformance(source="rows", many=True)


class StaffPerformanceView(PeriodView):
    """Every user who has not been archived, by revenue."""

    message = "Staff performance"
    data_serializer = StaffPerformanceOut

    def read(self, query: Period) -> RowsOfPeriod:
        plans = plan_reading(query, SALES, BUYERS)
        sold = sales_by(plans[SALES.name], "seller_id")
        due = sum_dues_by(query, "seller_id")
        bought = buyers_by_seller(plans[BUYERS.name], "customers", "days")
        sellers = [
            SellerSales(
                sold.get((user_id,), SalesFigures()),
                due.get((user_id,), Owed()),
                user_id,
                name,
                bought.get(user_id, Buyers()),
            )
            for user_id, name in User.objects.listed().order_by("id").values_list("id", "name")
        ]
        sellers.sort(key=lambda seller: -seller.sold.total_revenue)  # stable: ties by id
        return RowsOfPeriod(query, sellers)
