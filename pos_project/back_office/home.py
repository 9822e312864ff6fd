"""The first page: how the shop does, today and lately, by the dashboards' own figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LoginEvent, Store, User
from ledger import chart, closing
from ledger.payments import CASH, METHODS
from pos_project.back_office import charts
from pos_project.back_office.reports.links import of_days
from pos_project.core.back_office.ranges import RANGES, before
from pos_project.core.days import day_start, today
from pos_project.core.db.store_rows import REPORTED_STORE, of_store, reported, reported_store
from pos_project.core.db.transactions import snapshot
from pos_project.core.http.permissions import ADMIN
from pos_project.core.money import ZERO, money
from pos_project.core.period import ONE_DAY, Period
from purchasing.models import SupplierDue
from reports.dashboards.alerts import OUT_OF_STOCK, low_stock
from reports.dashboards.product_sales import top_products
from reports.dashboards.sales_figures import SalesFigures, sales_by
from reports.dashboards.stock_levels import at_levels
from reports.dashboards.takings import takings
from reports.documents import document
from reports.statements import financial_statements
from reports.statements.day_closing import last_closable_day
from reports.summaries.building import CATCHING_UP
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import PRODUCTS, SALES
from sales.models import CustomerDue, Sale

BEST = 5
MONTH, LAST_DAYS = "this_month", "last_30_days"
ALARM, WARNING = "alarm", "warning"

Days = dict[date, SalesFigures]


@dataclass(frozen=True)
class Card:
    """One figure, what it means, and the list behind it; `mood` colours what needs attention."""

    title: str
    value: str
    note: str
    link: str
    mood: str = ""


def glance(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's hook: what `templates/admin/index.html` shows beyond Django's own page."""
    CATCHING_UP.now()
    by: Any = request.user
    with reported_store(by.reads_store), snapshot():
        return {**context, **_shop(request), "people": _people(request), "title": "Home"}


def _shop(request: HttpRequest) -> dict[str, Any]:
    now = today()
    month, lately = RANGES[MONTH].of(now), RANGES[LAST_DAYS].of(now)
    earlier = before(month, MONTH)
    read = Period(min(earlier.first, lately.first), now)
    plan = plan_reading(read, SALES, by_day=True)[SALES.name]
    by_day = {day: sold for (day,), sold in sales_by(plan, "first_day").items()}
    shop = Store.objects.values_list("currency_sign", "reorder_level")
    sign, reorder_below = shop.get(pk=_store_of(request))
    days = [lately.first + timedelta(days=number) for number in range(lately.days)]
    sold = [by_day.get(day, SalesFigures()) for day in days]
    return {
        "groups": [
            ("Sales", _sales_cards(by_day, month, earlier, sign)),
            ("Money", _money_cards(now, sign)),
            ("To do", _alarms(sign, reorder_below)),
        ],
        "sales_chart": charts.bars(
            [day.strftime("%d %b") for day in days],
            ("Sales", [each.total_revenue for each in sold]),
            ("Gross profit", [each.gross_profit for each in sold]),
        ),
        "chart_options": charts.OPTIONS,
        "chart_rows": [
            (day, _told(each.total_revenue, sign), _told(each.gross_profit, sign))
            for day, each in zip(reversed(days), reversed(sold), strict=True)
        ],
        "takings": _takings(month, sign),
        "best": [
            {
                "name": each.product.name,
                "units": each.units_sold,
                "revenue": _told(each.revenue, sign),
                "stock": each.product.stock,
                "link": reverse("admin:catalog_product_change", args=[each.product.id]),
            }
            for each in top_products(plan_reading(lately, PRODUCTS)[PRODUCTS.name], most=BEST)
        ],
        "days": lately.days,
    }


def _sales_cards(by_day: Days, month: Period, earlier: Period, sign: str) -> list[Card]:
    now, yesterday = month.last, month.last - ONE_DAY
    of_month, of_earlier = _sum(by_day, month), _sum(by_day, earlier)
    profit = financial_statements.profit_loss(month, store_id=REPORTED_STORE.get())
    return [
        _of_day("Sales today", by_day.get(now, SalesFigures()), "today", sign),
        _of_day("Sales yesterday", by_day.get(yesterday, SalesFigures()), "yesterday", sign),
        Card(
            "Sales this month",
            _told(of_month.total_revenue, sign),
            _compared(of_month.total_revenue, of_earlier.total_revenue, earlier, sign),
            _report("sales-by-day", MONTH),
        ),
        Card(
            "Operating profit this month",
            _told(profit.net_profit, sign),
            f"gross profit {_told(profit.gross_profit, sign)}, less expenses",
            _report("profit-loss", MONTH),
        ),
    ]


def _of_day(title: str, sold: SalesFigures, day: str, sign: str) -> Card:
    return Card(
        title,
        _told(sold.total_revenue, sign),
        f"{sold.orders} sales, gross profit {_told(sold.gross_profit, sign)}",
        _report("sales-by-day", day),
    )


def _compared(now: Decimal, then: Decimal, earlier: Period, sign: str) -> str:
    """By how much it is more than on the same days of last month."""
    days = f"{earlier.first:%d %b} to {earlier.last:%d %b}"
    if not then:
        return f"nothing from {days}"
    change = 100 * (now - then) / abs(then)
    return f"{change:+.1f} % on {days}: {_told(then, sign)}"


def _money_cards(now: date, sign: str) -> list[Card]:
    to_collect, to_pay = _open(CustomerDue), _open(SupplierDue)
    cash = METHODS.get()[CASH].account
    stands_at = financial_statements.balances(now, store_id=REPORTED_STORE.get())
    return [
        Card(
            "Expected cash",
            _told(stands_at.get(cash, ZERO), sign),
            "what the drawer must hold now",
            f"{reverse('report-ledger', args=[cash])}?range=today",
        ),
        Card(
            "To collect",
            _told(to_collect[1], sign),
            f"{to_collect[0]} unpaid invoices of customers",
            _report("receivables", "today"),
        ),
        Card(
            "To pay",
            _told(to_pay[1], sign),
            f"{to_pay[0]} unpaid bills of suppliers",
            _report("payables", "today"),
        ),
        Card(
            "Stock value",
            _told(stands_at.get(chart.INVENTORY, ZERO), sign),
            "at cost, first in, first out",
            _report("stock", "today"),
        ),
    ]


def _alarms(sign: str, reorder_below: int) -> list[Card]:
    """What needs somebody: in colour while it does."""
    held = Sale.objects.filter(reported(), status=Sale.Status.PENDING).aggregate(
        Count("id"), Sum("total_amount")
    )
    out, low = at_levels((OUT_OF_STOCK, low_stock(reorder_below)), most=1)
    products = _list("catalog_product")
    open_days = _open_days()
    return [
        Card(
            "Days not closed",
            str(open_days),
            "that are over" if open_days else "every day that is over is closed",
            reverse("admin:ledger_dayseal_close_days") if open_days else _list("ledger_dayseal"),
            _mood(open_days, ALARM if open_days > 1 else WARNING),
        ),
        Card(
            "Out of stock",
            str(out.count),
            "products to reorder now",
            f"{products}?stock=out",
            _mood(out.count, ALARM),
        ),
        Card(
            "Low stock",
            str(low.count),
            "products to reorder",
            f"{products}?stock=low",
            _mood(low.count, WARNING),
        ),
        Card(
            "Parked sales",
            str(held["id__count"]),
            f"worth {_told(money(held['total_amount__sum'] or 0), sign)}",
            f"{_list('sales_sale')}?status__exact=pending",
            _mood(held["id__count"], WARNING),
        ),
    ]


def _open_days() -> int:
    first = closing.next_day()
    return 0 if first is None else max((last_closable_day() - first).days + 1, 0)


def _mood(count: int, mood: str) -> str:
    return mood if count else ""


def _takings(month: Period, sign: str) -> list[dict[str, Any]]:
    """By payment method: yesterday's, today's and the month's, each leading to its payments."""
    now, yesterday = month.last, month.last - ONE_DAY
    of_days = takings(Period(min(month.first, yesterday), now))
    spans = (Period(yesterday, yesterday), Period(now, now), month)

    def amounts(code: str | None) -> list[tuple[str, str]]:
        methods = of_days.methods if code is None else [code]
        return [
            (
                _told(
                    sum(
                        (
                            amount
                            for day, by_method in of_days.by_day.items()
                            if day in span
                            for method, amount in by_method.items()
                            if method in methods
                        ),
                        ZERO,
                    ),
                    sign,
                ),
                _payments(code, span),
            )
            for span in spans
        ]

    rows: Iterable[tuple[str | None, str]] = of_days.methods.items()
    found = [{"name": name, "amounts": amounts(code)} for code, name in rows]
    return [*found, {"name": "Total", "amounts": amounts(None)}] if found else []


def _payments(method: str | None, span: Period) -> str:
    """The list of payments that adds up to it."""
    only = {"method__code__exact": method} if method else {}
    query = {**only, "payment_party__exact": "customer", **of_days(span)}
    return f"{_list('ledger_payment')}?{urlencode(query)}"


def _sum(by_day: Days, period: Period) -> SalesFigures:
    return sum((sold for day, sold in by_day.items() if day in period), SalesFigures())


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
    theirs = of_store(dues.objects.filter(status="open"), REPORTED_STORE.get())
    found = theirs.aggregate(Count("id"), Sum("due_amount"))
    return found["id__count"], money(found["due_amount__sum"] or 0)


def _told(amount: Decimal, sign: str) -> str:
    # The sign never stands alone at the end of a line.
    return document.amount(amount, sign=sign).replace(" ", "\N{NO-BREAK SPACE}")


def _report(name: str, days: str) -> str:
    return f"{reverse(f'report-{name}')}?range={days}"


def _list(page: str) -> str:
    return reverse(f"admin:{page}_changelist")


def _store_of(request: HttpRequest) -> int:
    user: Any = request.user
    return int(user.store_id)
