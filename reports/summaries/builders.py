"""Every kind of summary. A new one is added here; nightly and `rebuild_facts` build it."""

from collections.abc import Sequence

from reports.summaries.accounts import ACCOUNTS
from reports.summaries.builder import SummaryBuilder
from reports.summaries.buyers import BUYERS
from reports.summaries.categories import CATEGORIES
from reports.summaries.purchase_sums import PURCHASES
from reports.summaries.recorded import RECORDED
from reports.summaries.sale_sums import CASH, CUSTOMERS, PRODUCTS, SALES
from reports.summaries.stock_sums import STOCK

BUILDERS: Sequence[SummaryBuilder] = (
    SALES,
    BUYERS,
    PRODUCTS,
    CUSTOMERS,
    CASH,
    CATEGORIES,
    RECORDED,
    ACCOUNTS,
    STOCK,
    PURCHASES,
)
