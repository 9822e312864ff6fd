"""The chart of accounts every shop starts with, and the handles our code posts to.

More accounts and methods are rows that an accountant adds; these are the ones code names, and a
few that every accountant expects to find.
"""

from collections.abc import Sequence
from typing import Any, Final

CASH: Final = "CASH"
RECEIVABLES: Final = "RECEIVABLES"
INVENTORY: Final = "INVENTORY"
GOODS_IN_TRANSIT: Final = "GOODS_IN_TRANSIT"
BETWEEN_STORES: Final = "BETWEEN_STORES"
SUPPLIER_ADVANCES: Final = "SUPPLIER_ADVANCES"
PAYABLES: Final = "PAYABLES"
CUSTOMER_ADVANCES: Final = "CUSTOMER_ADVANCES"
TAX_PAYABLE: Final = "TAX_PAYABLE"
INPUT_TAX: Final = "INPUT_TAX"
OPENING_BALANCE_EQUITY: Final = "OPENING_BALANCE_EQUITY"
RETAINED_EARNINGS: Final = "RETAINED_EARNINGS"
RESULT_CARRIED: Final = "RESULT_CARRIED"
SALES: Final = "SALES"
SALES_RETURNS: Final = "SALES_RETURNS"
DISCOUNTS_GIVEN: Final = "DISCOUNTS_GIVEN"
INVENTORY_GAIN: Final = "INVENTORY_GAIN"
COST_OF_GOODS_SOLD: Final = "COST_OF_GOODS_SOLD"
INVENTORY_LOSS: Final = "INVENTORY_LOSS"
ROUNDING: Final = "ROUNDING"
CASH_OVER_SHORT: Final = "CASH_OVER_SHORT"
BAD_DEBTS: Final = "BAD_DEBTS"
DISCOUNTS_ALLOWED: Final = "DISCOUNTS_ALLOWED"
DISCOUNTS_RECEIVED: Final = "DISCOUNTS_RECEIVED"
OTHER_INCOME: Final = "OTHER_INCOME"
CARD_FEES: Final = "CARD_FEES"
OTHER_EXPENSES: Final = "OTHER_EXPENSES"

# What our code posts to by name: renamed at will, but never retyped nor archived.
NAMED_BY_CODE: Final = frozenset(
    {
        CASH,
        RECEIVABLES,
        INVENTORY,
        GOODS_IN_TRANSIT,
        BETWEEN_STORES,
        SUPPLIER_ADVANCES,
        PAYABLES,
        CUSTOMER_ADVANCES,
        TAX_PAYABLE,
        INPUT_TAX,
        OPENING_BALANCE_EQUITY,
        RETAINED_EARNINGS,
        RESULT_CARRIED,
        SALES,
        SALES_RETURNS,
        DISCOUNTS_GIVEN,
        INVENTORY_GAIN,
        COST_OF_GOODS_SOLD,
        INVENTORY_LOSS,
        ROUNDING,
        CASH_OVER_SHORT,
        BAD_DEBTS,
        DISCOUNTS_ALLOWED,
        DISCOUNTS_RECEIVED,
        OTHER_INCOME,
        CARD_FEES,
        OTHER_EXPENSES,
    }
)

# code, number, name, kind, is it a control account
ACCOUNTS = (
    ("BANK", "1000", "Bank", "asset", False),
    (CASH, "1010", "Cash", "asset", False),
    ("CARD", "1020", "Card terminal", "asset", False),
    ("BKASH", "1030", "bKash", "asset", False),
    ("NAGAD", "1040", "Nagad", "asset", False),
    (RECEIVABLES, "1100", "Receivables", "asset", True),
    (INVENTORY, "1200", "Inventory", "asset", True),
    (SUPPLIER_ADVANCES, "1300", "Advances to suppliers", "asset", True),
    ("TAX_PAID", "1400", "Tax paid", "asset", False),
    (INPUT_TAX, "1410", "Input tax", "asset", False),
    ("FIXED_ASSETS", "1500", "Fixed assets", "asset", False),
    (PAYABLES, "2000", "Payables", "liability", True),
    (CUSTOMER_ADVANCES, "2100", "Advances from customers", "liability", True),
    (TAX_PAYABLE, "2200", "Tax payable", "liability", False),
    ("LOANS", "2300", "Loans", "liability", False),
    (OPENING_BALANCE_EQUITY, "3000", "Opening balance equity", "equity", False),
    ("OWNERS_CAPITAL", "3100", "Owner's capital", "equity", False),
    ("DRAWINGS", "3200", "Drawings", "equity", False),
    (RETAINED_EARNINGS, "3300", "Retained earnings", "equity", False),
    (RESULT_CARRIED, "3900", "Results carried to retained earnings", "equity", False),
    (SALES, "4000", "Sales", "income", False),
    (SALES_RETURNS, "4100", "Sales returns", "income", False),
    (DISCOUNTS_GIVEN, "4200", "Discounts given", "income", False),
    (INVENTORY_GAIN, "4300", "Inventory gain", "income", False),
    (DISCOUNTS_RECEIVED, "4810", "Discounts received", "income", False),
    (OTHER_INCOME, "4900", "Other income", "income", False),
    (COST_OF_GOODS_SOLD, "5000", "Cost of goods sold", "expense", False),
    (INVENTORY_LOSS, "5100", "Inventory loss", "expense", False),
    ("RENT", "6100", "Rent", "expense", False),
    ("SALARY", "6200", "Salary", "expense", False),
    ("UTILITIES", "6300", "Utilities", "expense", False),
    (CARD_FEES, "6700", "Card and bank fees", "expense", False),
    (BAD_DEBTS, "6710", "Bad debts", "expense", False),
    (DISCOUNTS_ALLOWED, "6720", "Discounts allowed later", "expense", False),
    (ROUNDING, "6730", "Rounding differences", "expense", False),
    (CASH_OVER_SHORT, "6800", "Cash over and short", "expense", False),
    (OTHER_EXPENSES, "6900", "Other expenses", "expense", False),
)

# What goods that go from store to store are on. Made when the first goes: a shop with one store has
# neither.
BETWEEN_STORES_ACCOUNTS = (
    (GOODS_IN_TRANSIT, "1210", "Goods in transit", "asset", True),
    (BETWEEN_STORES, "1220", "Between stores", "asset", True),
)

# code, name, account, whether a transaction number of it pays once
PAYMENT_METHODS = (
    ("cash", "Cash", CASH, False),
    ("card", "Card", "CARD", False),
    ("bkash", "bKash", "BKASH", True),
    ("nagad", "Nagad", "NAGAD", True),
)


def add_missing(account: Any, wanted: Sequence[tuple[str, str, str, str, bool]]) -> None:
    """Add those of these accounts that are not there; `account` is their model, of today or of a
    migration."""
    taken = dict(account.objects.values_list("number", "code"))
    known = set(taken.values())
    for code, number, name, kind, is_control in wanted:
        if code in known:
            continue
        # One that came with a later version: its number may be an accountant's own by now.
        while number in taken:
            number = str(int(number) + 1)
        taken[number] = code
        account.objects.create(
            code=code, number=number, name=name, kind=kind, is_control=is_control
        )
