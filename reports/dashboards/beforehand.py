"""What the first dashboard or list of a process would have to read, read before anybody asks.

A process remembers what summaries and the day so far came to (ADR 41, 49). Reading that for the
first time takes half a second on a day of ten thousand sales, later ones only what is new. So it is
with the order in which tills list products and customers (ADR 48).
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from time import monotonic

from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest
from rest_framework.request import Request

from inventory.best_sellers import UNITS_SOLD
from pos_project.core.db.replica import report_snapshot
from pos_project.core.db.transactions import log_refusal
from reports.dashboards.comprehensive_analysis import ComprehensiveAnalysisView
from reports.dashboards.dashboard import DashboardView
from reports.dashboards.financial_analysis import FinancialAnalysisView
from reports.dashboards.main import MainView
from reports.dashboards.product_analysis import ProductAnalysisView
from reports.dashboards.reordering import ReorderView
from reports.dashboards.staff_performance import StaffPerformanceView
from reports.dashboards.stock_details import StockDetailsView
from reports.dashboards.stock_movement import MovementView
from sales.latest_buyers import LAST_PURCHASES

log = logging.getLogger(__name__)
# Between them they read all that is remembered; the one that is opened first comes first.
DASHBOARDS: tuple[type[DashboardView], ...] = (
    MainView,
    StockDetailsView,
    ProductAnalysisView,
    FinancialAnalysisView,
    ComprehensiveAnalysisView,
    StaffPerformanceView,
    ReorderView,
    MovementView,
)


def read_beforehand(*, seconds: float = inf) -> None:
    """Read what dashboards and lists show when they are opened; nothing is begun after so many
    seconds.

    A database that does not answer now is asked by whoever needs it.
    """
    give_up_at = monotonic() + seconds
    try:
        for read in _reads():
            if monotonic() > give_up_at:
                break
            read()
    except (DatabaseError, InterfaceError) as error:
        log_refusal(error)
    except Exception:  # nothing depends on it, least of all whether a server starts
        log.exception("Dashboards and lists were not read beforehand.")
    finally:
        connections.close_all()


def _reads() -> Iterator[Callable[[], object]]:
    first, *others = DASHBOARDS
    yield partial(_read, first)
    yield UNITS_SOLD.get
    yield LAST_PURCHASES.get
    for each in others:
        yield partial(_read, each)


def _read(dashboard: type[DashboardView]) -> None:
    asked = HttpRequest()
    asked.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    view = dashboard()
    view.request = Request(asked)
    query = view.parse_query(view.request)
    with report_snapshot():
        view.read(query)
