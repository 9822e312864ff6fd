"""The first page: how the shop does, today and lately, by the dashboards' own figures."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LoginEvent, Store, User
from ledger.models import PaymentMethod
from pos_project.core.days import day_start, today
from pos_project.core.db.transactions import snapshot
from pos_project.core.http.permissions import ADMIN
from pos_project.core.money import ZERO, money
from pos_project.core.period import Period
from purchasing.models import SupplierDue
from reports.dashboards.alerts import LOW_STOCK, OUT_OF_STOCK
from reports.dashboards.product_sales import top_products
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.dashboards.stock_levels import at_levels
from reports.summaries.building import CATCHING_UP
from reports.summaries.plan import plan_reading
from reports.summaries.raw import exact
from reports.summaries.sale_sums import CASH, PRODUCTS, SALES
from reports.summaries.sums import figures
from sales.models import CustomerDue, Sale

DAYS = 30
BEST = 5
GREY = "#778395"  # words of a chart: read on white and on the dark ground alike


@dataclass(frozen=True)
class Card:
    """One figure, what it means, and the list behind it."""

    title: str
    value: str
    note: str
    link: str


def glance(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's hook: what `templates/admin/index.html` shows beyond Django's own page."""
    CATCHING_UP.now()
    with snapshot():
        return {**context, **_shop(request), "people": _people(request), "title": "Home"}


def _shop(request: HttpRequest) -> dict[str, Any]:
    now = today()
    month = Period(now - timedelta(days=DAYS), now)
    by_day = sales_by(plan_reading(month, SALES, by_day=True)["sales"], "first_day")
    sold = sum(by_day.values(), SalesFigures())
    sold_today = by_day.get((now,), SalesFigures())
    sign = Store.objects.values_list("currency_sign", flat=True).get(pk=_store_of(request))
    cash = _cash_by_method(month)
    days = [month.first + timedelta(days=number) for number in range(DAYS + 1)]
    revenue = [by_day.get((day,), SalesFigures()).total_revenue for day in days]
    profit = [by_day.get((day,), SalesFigures()).gross_profit for day in days]
    return {
        "cards": _cards(sold, sold_today, month, sign),
        "sales_chart": _chart(
            [day.strftime("%d %b") for day in days],
            ("Sales", revenue, "var(--color-primary-500)"),
            ("Gross profit", profit, "var(--color-green-500)"),
        ),
        "cash_chart": _chart(list(cash), ("Net", list(cash.values()), "#0ea5e9")),
        "chart_options": json.dumps(
            {
                "maintainAspectRatio": False,
                "plugins": {
                    "legend": {"display": True, "position": "bottom", "labels": {"color": GREY}}
                },
                "scales": {
                    "y": {"beginAtZero": True, "ticks": {"color": GREY}},
                    "x": {
                        "ticks": {"maxRotation": 0, "color": GREY},
                        "grid": {"display": False},
                    },
                },
            }
        ),
        "best": [
            {
                "name": each.product.name,
                "units": each.units_sold,
                "revenue": _told(each.revenue, sign),
                "stock": each.product.stock,
                "link": reverse("admin:catalog_product_change", args=[each.product.id]),
            }
            for each in top_products(plan_reading(month, PRODUCTS)[PRODUCTS.name], most=BEST)
        ],
        "days": DAYS,
    }


def _cards(sold: SalesFigures, sold_today: SalesFigures, month: Period, sign: str) -> list[Card]:
    now = month.last
    held = Sale.objects.filter(status=Sale.Status.PENDING).aggregate(
        Count("id"), Sum("total_amount")
    )
    owed_to_us = _open(CustomerDue)
    owed_by_us = _open(SupplierDue)
    out, low = at_levels((OUT_OF_STOCK, LOW_STOCK), most=1)
    sales, products = _list("sales_sale"), _list("catalog_product")
    of_month = {"business_date_from": month.first.isoformat(), "business_date_to": now.isoformat()}
    of_today = {"business_date_from": now.isoformat(), "business_date_to": now.isoformat()}
    return [
        Card(
            "Sales today",
            _told(sold_today.total_revenue, sign),
            f"{sold_today.orders} sales, gross profit {_told(sold_today.gross_profit, sign)}",
            f"{sales}?{urlencode(of_today)}",
        ),
        Card(
            f"Sales of the last {DAYS} days",
            _told(sold.total_revenue, sign),
            f"{sold.orders} sales, {sold.refunds} refunds",
            f"{sales}?{urlencode(of_month)}",
        ),
        Card(
            "Gross profit",
            _told(sold.gross_profit, sign),
            f"of the last {DAYS} days, after cost of goods",
            f"{sales}?{urlencode(of_month)}",
        ),
        Card(
            "To collect",
            _told(owed_to_us[1], sign),
            f"{owed_to_us[0]} open dues of customers",
            _list("sales_customerdue"),
        ),
        Card(
            "To pay",
            _told(owed_by_us[1], sign),
            f"{owed_by_us[0]} open dues to suppliers",
            _list("purchasing_supplierdue"),
        ),
        Card("Low stock", str(low.count), "products to reorder", f"{products}?stock=low"),
        Card("Out of stock", str(out.count), "products to reorder now", f"{products}?stock=out"),
        Card(
            "Held sales",
            str(held["id__count"]),
            f"worth {_told(money(held['total_amount__sum'] or 0), sign)}",
            f"{sales}?status__exact=pending",
        ),
    ]


def _cash_by_method(month: Period) -> dict[str, Decimal]:
    """What came in less what went out, by payment method, of the period."""
    moved: dict[str, Decimal] = defaultdict(lambda: ZERO)
    plan = plan_reading(month, CASH)["cash"]
    for (method, direction), (_, amount) in figures(CASH, plan, by=("method", "direction")).items():
        moved[method] += exact(amount, 2) * (1 if direction == "in" else -1)
    names = dict(PaymentMethod.objects.values_list("code", "name"))
    return {
        names[code]: amount for code, amount in sorted(moved.items(), key=lambda each: -each[1])
    }


def _people(request: HttpRequest) -> list[Card]:
    """For admins: who may sign in, and who could not."""
    if getattr(request.user, "role", None) != ADMIN:
        return []
    since = day_start(today())
    failed = LoginEvent.objects.filter(created_at__gte=since).exclude(outcome="ok").count()
    active = User.objects.listed().filter(status="active").count()
    return [
        Card("People", str(active), "may sign in", _list("accounts_user")),
        Card(
            "Refused sign-ins",
            str(failed),
            f"today, up to {timezone.localtime().strftime('%I:%M %p')}",
            _list("accounts_loginevent"),
        ),
    ]


def _open(dues: Any) -> tuple[int, Decimal]:
    found = dues.objects.filter(status="open").aggregate(Count("id"), Sum("due_amount"))
    return found["id__count"], money(found["due_amount__sum"] or 0)


def _chart(labels: list[str], *lines: tuple[str, list[Decimal], str]) -> str:
    return json.dumps(
        {
            "labels": labels,
            "datasets": [
                {
                    "label": label,
                    "data": [float(value) for value in values],
                    "backgroundColor": colour,
                    "borderColor": colour,
                    "borderRadius": 3,
                    "displayYAxis": True,
                }
                for label, values, colour in lines
            ],
        }
    )


def _told(amount: Decimal, sign: str) -> str:
    return f"{sign} {amount:,.2f}".strip()


def _list(page: str) -> str:
    return reverse(f"admin:{page}_changelist")


def _store_of(request: HttpRequest) -> int:
    user: Any = request.user
    return int(user.store_id)
