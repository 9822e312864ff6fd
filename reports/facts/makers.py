"""Every kind of fact there is. A new one is added here; nightly and `rebuild_facts` make it."""

from collections.abc import Sequence

from reports.facts.accounts import ACCOUNTS
from reports.facts.buyers import BUYERS
from reports.facts.categories import CATEGORIES
from reports.facts.maker import Maker
from reports.facts.recorded import RECORDED
from reports.facts.sales import CASH, CUSTOMERS, PRODUCTS, SALES
from reports.facts.stock import STOCK

MAKERS: Sequence[Maker] = (
    *(SALES, BUYERS, PRODUCTS, CUSTOMERS, CASH, CATEGORIES, RECORDED),
    *(ACCOUNTS, STOCK),
)
