"""What was sold, brought back and cost: by seller and method, by product, by customer; and cash.

docs/figures.md in SQL, once: a sale counts on its business day, a refund on its own, with the
seller, customer, method and products of its sale.
"""

from reports.summaries.builder import DayRows, Events, TableBuilder
from reports.summaries.models import CashSummary, CustomerSummary, ProductSummary, SalesSummary

COMPLETED_SALES = DayRows("sales", "s", "s.status = 'completed'")
REFUNDS = DayRows("refunds", "r")
PAYMENTS = DayRows("payments", "p")
SALE_DAY = COMPLETED_SALES.day

SOLD = "FROM sales s WHERE s.status = 'completed' AND {days}"
SOLD_LINES = (
    "FROM sales s JOIN sale_items i ON i.sale_id = s.id WHERE s.status = 'completed' AND {days}"
)
REFUNDED = "FROM refunds r JOIN sales s ON s.id = r.sale_id WHERE {days}"
RETURNED_LINES = (
    "FROM refunds r JOIN refund_items x ON x.refund_id = r.id"
    " JOIN sale_items i ON i.id = x.sale_item_id JOIN sales s ON s.id = r.sale_id WHERE {days}"
)
# Of a line sold, and of a line that came back (below zero); services have none.
# The + is for SQLite: it takes the one index of a unique column for the better one even where it
# is NULL, and would read the costs of all lines ever sold for each line.
SOLD_COST = (
    "COALESCE((SELECT SUM(c.total_cost) FROM sale_cogs c"
    " WHERE c.sale_item_id = i.id AND +c.refund_item_id IS NULL), 0)"
)
RESTOCKED_COST = (
    "COALESCE((SELECT SUM(c.total_cost) FROM sale_cogs c WHERE c.refund_item_id = x.id), 0)"
)
OF_SALE = ("s.store_id", "s.user_id", "COALESCE(s.payment_method, 'due')")
RETURNED_VALUE = "ROUND(x.quantity * i.unit_price, 2)"
HAS_CUSTOMER = "CASE WHEN s.customer_id IS NULL THEN 0 ELSE {} END"
# A product's different sales: a line of its own per sale, however often it is on it. (Looking for
# an earlier line of the product would read all its sales ever.)
SOLD_IN = f"FROM (SELECT DISTINCT s.business_date, i.sale_id, i.product_id {SOLD_LINES}) s"

SALES = TableBuilder(
    name="sales",
    model=SalesSummary,
    keys=("store_id", "seller_id", "method"),
    figures={
        "orders": "SUM",
        "gross_total": "SUM",
        "subtotal": "SUM",
        "discount": "SUM",
        "tax": "SUM",
        "squares": "SUM",
        "smallest": "MIN",
        "largest": "MAX",
        "customer_orders": "SUM",
        "customer_gross": "SUM",
        "refunds": "SUM",
        "refund_amount": "SUM",
        "refund_tax": "SUM",
        "customer_refund": "SUM",
        "units": "SUM",
        "units_returned": "SUM",
        "returned_value": "SUM",
        "cogs": "SUM",
    },
    events=(
        Events(
            SOLD,
            COMPLETED_SALES,
            OF_SALE,
            {
                "orders": "1",
                "gross_total": "s.total_amount",
                "subtotal": "s.subtotal",
                "discount": "s.discount",
                "tax": "s.tax",
                "squares": "s.total_amount * s.total_amount",
                "smallest": "s.total_amount",
                "largest": "s.total_amount",
                "customer_orders": HAS_CUSTOMER.format("1"),
                "customer_gross": HAS_CUSTOMER.format("s.total_amount"),
            },
        ),
        Events(SOLD_LINES, COMPLETED_SALES, OF_SALE, {"units": "i.quantity", "cogs": SOLD_COST}),
        Events(
            REFUNDED,
            REFUNDS,
            OF_SALE,
            {
                "refunds": "1",
                "refund_amount": "r.refund_amount",
                "refund_tax": "r.tax_amount",
                "customer_refund": HAS_CUSTOMER.format("r.refund_amount"),
            },
        ),
        Events(
            RETURNED_LINES,
            REFUNDS,
            OF_SALE,
            {
                "units_returned": "x.quantity",
                "returned_value": RETURNED_VALUE,
                "cogs": RESTOCKED_COST,
            },
        ),
    ),
)

PRODUCTS = TableBuilder(
    name="products",
    model=ProductSummary,
    keys=("product_id",),
    figures=dict.fromkeys(
        (
            *("line_count", "sale_count", "quantity", "subtotal"),
            *("returned", "returned_value", "cogs"),
        ),
        "SUM",
    ),
    events=(
        Events(
            SOLD_LINES,
            COMPLETED_SALES,
            ("i.product_id",),
            {
                "line_count": "1",
                "quantity": "i.quantity",
                "subtotal": "i.subtotal",
                "cogs": SOLD_COST,
            },
        ),
        Events(SOLD_IN, COMPLETED_SALES, ("s.product_id",), {"sale_count": "1"}),
        Events(
            RETURNED_LINES,
            REFUNDS,
            ("i.product_id",),
            {"returned": "x.quantity", "returned_value": RETURNED_VALUE, "cogs": RESTOCKED_COST},
        ),
    ),
    cumulative=True,
)

CUSTOMERS = TableBuilder(
    name="customers",
    model=CustomerSummary,
    keys=("customer_id",),
    figures={"orders": "SUM", "gross_total": "SUM", "refund_amount": "SUM", "last_at": "MAX"},
    events=(
        Events(
            f"{SOLD} AND s.customer_id IS NOT NULL",
            COMPLETED_SALES,
            ("s.customer_id",),
            {"orders": "1", "gross_total": "s.total_amount", "last_at": "s.completed_at"},
        ),
        Events(
            f"{REFUNDED} AND s.customer_id IS NOT NULL",
            REFUNDS,
            ("s.customer_id",),
            {"refund_amount": "r.refund_amount"},
        ),
    ),
    cumulative=True,
)

CASH = TableBuilder(
    name="cash",
    model=CashSummary,
    keys=("store_id", "method", "direction", "payment_type", "payment_party"),
    figures={"payments": "SUM", "amount": "SUM"},
    events=(
        Events(
            "FROM payments p WHERE {days}",
            PAYMENTS,
            ("p.store_id", "p.method", "p.direction", "p.payment_type", "p.payment_party"),
            {"payments": "1", "amount": "p.amount"},
        ),
    ),
)
