"""`/api/users/<id>/performance`: what one user sold."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from accounts.models import User
from pos_project.core.http.endpoints import found
from pos_project.core.http.fields import DayField, MoneyField, WholeNumberField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.period_query import period_of
from pos_project.core.http.permissions import AdminStaff
from pos_project.core.period import Period
from reports.dashboards.dashboard import NamedPeriod, PeriodView
from reports.dashboards.owed import Owed, SoldAndOwed, sum_dues_by
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.summaries.buyer_sets import buyers_of
from reports.summaries.buyers import BUYERS
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES


@dataclass(frozen=True)
class DaySales(SoldAndOwed):
    """A user's sales of a day."""

    day: date


@dataclass(frozen=True)
class MethodSales:
    """A user's sales of a payment method."""

    method: str
    sold: SalesFigures


@dataclass(frozen=True)
class Performance(SoldAndOwed):
    """A user's sales of a period."""

    period: Period
    unique_customers: int
    by_day: list[DaySales]
    by_method: list[MethodSales]


class PerformanceOut(FiguresSerializer):
    class Summary(FiguresSerializer):
        orders = IntegerField(source="sold.orders")
        totalAmount = MoneyField(source="sold.total_revenue")
        totalPaid = MoneyField(source="paid")
        totalDue = MoneyField(source="owed.due")
        avgOrderValue = MoneyField(source="sold.average_order")
        uniqueCustomers = IntegerField(source="unique_customers")
        itemsSold = WholeNumberField(source="sold.units")

    class ByDay(FiguresSerializer):
        day = DayField()
        orders = IntegerField(source="sold.orders")
        revenue = MoneyField(source="sold.total_revenue")
        paid = MoneyField()
        due = MoneyField(source="owed.due")

    class ByPaymentMethod(FiguresSerializer):
        payment_method = CharField(source="method")
        orders = IntegerField(source="sold.orders")
        revenue = MoneyField(source="sold.total_revenue")

    range = NamedPeriod(source="period")
    summary = Summary(source="*")
    byDay = ByDay(source="by_day", many=True)
    byPaymentMethod = ByPaymentMethod(source="by_method", many=True)


@dataclass(frozen=True)
class UserPeriod:
    """Whose sales are asked for, and when."""

    user_id: int
    period: Period


class UserPerformanceView(PeriodView):
    """What one user sold."""

    message = "User performance"
    data_serializer = PerformanceOut
    tags = ("users",)

    def parse_query(self, request: Request, **path: str) -> UserPeriod:
        user = found(User.objects.listed(), path["user"], "user")
        return UserPeriod(user.pk, period_of(request.query_params))

    def read(self, query: UserPeriod) -> Performance:
        period, seller_id = query.period, query.user_id
        plans, by_day = (
            plan_reading(period, SALES, BUYERS),
            plan_reading(period, SALES, by_day=True),
        )
        days = sales_by(by_day[SALES.name], "first_day", seller_id=seller_id)
        methods = sales_by(plans[SALES.name], "method", seller_id=seller_id)
        due = sum_dues_by(period, "first_day", seller_id=seller_id)
        ranked = sorted(methods, key=lambda key: (-methods[key].total_revenue, key))
        return Performance(
            sum(methods.values(), SalesFigures()),
            sum(due.values(), Owed()),
            period,
            len(buyers_of(plans[BUYERS.name], seller_id, "customers").customers),
            [
                DaySales(days[key], due.get(key, Owed()), key[0])
                for key in sorted(days, reverse=True)
            ],
            [MethodSales(key[0], methods[key]) for key in ranked],
        )


class OwnPerformanceView(UserPerformanceView):
    """What the caller sold."""

    permission_classes = (AdminStaff,)

    def parse_query(self, request: Request, **path: str) -> UserPeriod:
        return UserPeriod(cast(User, request.user).pk, period_of(request.query_params))
