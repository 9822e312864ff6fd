"""Dashboards of people who sell: all of them, and one (contract 20.8, 19.1)."""

from dataclasses import dataclass
from typing import Any, cast

from rest_framework.request import Request

from accounts.models import User
from pos_project.core.http.endpoints import found
from pos_project.core.http.period_query import period_of
from pos_project.core.http.permissions import AdminStaff
from pos_project.core.http.shapes import COUNT, DAY, MONEY, TEXT, NamedPeriod, shape
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.dashboards.api.dashboard import PeriodView, named_period
from reports.dashboards.owed import Owed, owed_by
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.summaries.buyer_sets import buyers_by_seller, buyers_of
from reports.summaries.buyers import BUYERS, Buyers
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES

STAFF_PERFORMANCE = shape(
    "StaffPerformance",
    {
        "period": NamedPeriod,
        "staff_performance": [
            {
                "staff_id": COUNT,
                "staff_name": TEXT,
                "total_sales": COUNT,
                "total_revenue": MONEY,
                "gross_sales": MONEY,
                "total_discounts": MONEY,
                "tax_collected": MONEY,
                "cash_collected": MONEY,
                "dues_created": MONEY,
                "unique_customers": COUNT,
                "avg_sale_value": MONEY,
                "working_days": COUNT,
            }
        ],
    },
)


class StaffPerformanceView(PeriodView):
    """Every user who has not been archived, by revenue."""

    message = "Staff performance"
    shape = STAFF_PERFORMANCE

    def data(self, asked: Period) -> dict[str, Any]:
        plans = plan_reading(asked, SALES, BUYERS)
        sold = sales_by(plans["sales"], "seller_id")
        open_, bought = (
            owed_by(asked, "seller_id"),
            buyers_by_seller(plans["buyers"], "customers", "days"),
        )
        people = User.objects.listed().order_by("id").values_list("id", "name")
        rows = [
            _of_seller(
                user_id,
                name,
                sold.get((user_id,), SalesFigures()),
                open_.get((user_id,), Owed()),
                bought.get(user_id, Buyers()),
            )
            for user_id, name in people
        ]
        rows.sort(key=lambda row: -row["total_revenue"])  # stable: ties by id
        return {"period": named_period(asked), "staff_performance": rows}


def _of_seller(
    user_id: int, name: str, sold: SalesFigures, open_: Owed, bought: Buyers
) -> dict[str, Any]:
    return {
        "staff_id": user_id,
        "staff_name": name,
        "total_sales": sold.orders,
        "total_revenue": sold.total_revenue,
        "gross_sales": sold.gross_sales,
        "total_discounts": sold.discount,
        "tax_collected": sold.tax_collected,
        "cash_collected": open_.paid_of(sold.gross_total),
        "dues_created": open_.due,
        "unique_customers": len(bought.customers),
        "avg_sale_value": sold.average_order,
        "working_days": len(bought.days),
    }


PERFORMANCE = shape(
    "Performance",
    {
        "range": NamedPeriod,
        "summary": {
            "orders": COUNT,
            "totalAmount": MONEY,
            "totalPaid": MONEY,
            "totalDue": MONEY,
            "avgOrderValue": MONEY,
            "uniqueCustomers": COUNT,
            "itemsSold": COUNT,
        },
        "byDay": [
            {
                "day": DAY,
                "orders": COUNT,
                "revenue": MONEY,
                "paid": MONEY,
                "due": MONEY,
            }
        ],
        "byPaymentMethod": [
            {
                "payment_method": TEXT,
                "orders": COUNT,
                "revenue": MONEY,
            }
        ],
    },
)


@dataclass(frozen=True)
class AskedOf:
    """Whose performance is asked for, and when."""

    user_id: int
    period: Period


class UserPerformanceView(PeriodView):
    """What one user sold."""

    message = "User performance"
    shape = PERFORMANCE
    tags = ("users",)

    def asked(self, request: Request, **path: str) -> AskedOf:
        user = found(User.objects.listed(), path["user"], "user")
        return AskedOf(user.pk, period_of(request.query_params))

    def data(self, asked: AskedOf) -> dict[str, Any]:
        period, seller_id = asked.period, asked.user_id
        plans, by_day = (
            plan_reading(period, SALES, BUYERS),
            plan_reading(period, SALES, by_day=True),
        )
        days = sales_by(by_day["sales"], "first_day", seller_id=seller_id)
        methods = sales_by(plans["sales"], "method", seller_id=seller_id)
        open_ = owed_by(period, "first_day", seller_id=seller_id)
        whole = sum(methods.values(), SalesFigures())
        owing = sum((each.due for each in open_.values()), Owed().due)
        cancelled = sum((each.cancelled for each in open_.values()), Owed().cancelled)
        ranked = sorted(methods, key=lambda key: (-methods[key].total_revenue, key))
        return {
            "range": named_period(period),
            "summary": {
                "orders": whole.orders,
                "totalAmount": whole.total_revenue,
                "totalPaid": Owed(owing, cancelled).paid_of(whole.gross_total),
                "totalDue": owing,
                "avgOrderValue": average(whole.total_revenue, whole.orders),
                "uniqueCustomers": len(
                    buyers_of(plans["buyers"], seller_id, "customers").customers
                ),
                "itemsSold": int(whole.units),
            },
            "byDay": [
                {
                    "day": key[0].isoformat(),
                    "orders": days[key].orders,
                    "revenue": days[key].total_revenue,
                    "paid": open_.get(key, Owed()).paid_of(days[key].gross_total),
                    "due": open_.get(key, Owed()).due,
                }
                for key in sorted(days, reverse=True)
            ],
            "byPaymentMethod": [
                {
                    "payment_method": key[0],
                    "orders": methods[key].orders,
                    "revenue": methods[key].total_revenue,
                }
                for key in ranked
            ],
        }


class OwnPerformanceView(UserPerformanceView):
    """What the caller sold."""

    permission_classes = (AdminStaff,)

    def asked(self, request: Request, **path: str) -> AskedOf:
        return AskedOf(cast(User, request.user).pk, period_of(request.query_params))
