"""The side bar: what a manager comes for, in the shop's words, in the order of a day."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.stores import STORES, has_several, stores_of
from ledger.till_of_session import till_of
from pos_project.core.http.permissions import ADMIN

# heading → (title, icon, page, for admins only)
_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str, bool], ...]], ...] = (
    ("Today", (("Home", "home", "index", False),)),
    (
        "Reports",
        (
            ("Profit and loss", "trending_up", "report-profit-loss", False),
            ("Takings by method", "point_of_sale", "report-takings", False),
            ("Sales by day", "calendar_month", "report-sales-by-day", False),
            ("Tax", "percent", "report-tax", False),
            ("Who owes us", "request_quote", "report-receivables", False),
            ("Stock value", "inventory", "report-stock", False),
            ("What never sells", "hourglass_empty", "report-unsold", False),
            ("For the accountant", "calculate", "report-accountant", False),
            ("All reports", "analytics", "reports", False),
        ),
    ),
    (
        "Selling",
        (
            ("Sales", "receipt_long", "sales_sale_changelist", False),
            ("Refunds", "undo", "sales_refund_changelist", False),
            ("Customers", "group", "sales_customer_changelist", False),
            ("Unpaid invoices", "request_quote", "sales_customerdue_changelist", False),
        ),
    ),
    (
        "Catalogue",
        (
            ("Products", "inventory_2", "catalog_product_changelist", False),
            ("Brands", "label", "catalog_brand_changelist", False),
            ("Categories", "category", "catalog_category_changelist", False),
            ("Tax rates", "percent", "catalog_taxrate_changelist", False),
        ),
    ),
    (
        "Stock",
        (
            ("Stock lots", "layers", "inventory_batch_changelist", False),
            ("Count stock", "fact_check", "inventory_inventorylog_count_stock", False),
            ("Stock counts", "inventory", "inventory_stockcount_changelist", False),
            ("To reorder", "shopping_cart", "report-to-reorder", False),
            ("What shops should get", "forklift", "inventory_storeproduct_suggestions", False),
            ("Levels and places", "shelves", "inventory_storeproduct_changelist", False),
            ("Transfers", "local_shipping", "inventory_transfer_changelist", False),
            ("Stock movements", "swap_vert", "inventory_inventorylog_changelist", False),
        ),
    ),
    (
        "Buying",
        (
            ("Purchases", "local_shipping", "purchasing_purchase_changelist", False),
            ("Suppliers", "factory", "purchasing_supplier_changelist", False),
            ("Unpaid bills", "payments", "purchasing_supplierdue_changelist", False),
        ),
    ),
    (
        "Books",
        (
            ("Payments", "account_balance_wallet", "ledger_payment_changelist", False),
            ("Expenses", "money_off", "ledger_expense_changelist", False),
            ("Repeating expenses", "event_repeat", "ledger_repeatingexpense_changelist", False),
            ("Journal entries", "menu_book", "ledger_journalentry_changelist", False),
            ("Tills", "point_of_sale", "ledger_till_changelist", False),
            ("Shifts", "schedule", "ledger_shift_changelist", False),
            ("Closed days", "event_available", "ledger_dayseal_changelist", False),
            ("Period lock", "lock_clock", "ledger_periodlock_changelist", False),
            ("Accounts", "account_tree", "ledger_ledgeraccount_changelist", False),
            ("Payment methods", "credit_card", "ledger_paymentmethod_changelist", False),
        ),
    ),
    (
        "Shop",
        (
            ("Settings", "settings", "accounts_store_changelist", False),
            ("Audit entries", "history", "accounts_auditentry_changelist", False),
            ("Sign-ins", "login", "accounts_loginevent_changelist", False),
            ("People", "badge", "accounts_user_changelist", True),
        ),
    ),
)

# With one store nobody is shown that there are stores.
_OF_SEVERAL_STORES = frozenset(
    {
        "inventory_storeproduct_changelist",
        "inventory_storeproduct_suggestions",
        "inventory_transfer_changelist",
    }
)


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar for this user; a page that is not there is left out."""
    is_admin = getattr(request.user, "role", None) == ADMIN
    several = has_several()
    shown: list[dict[str, Any]] = []
    for heading, items in _GROUPS:
        links = [
            {"title": title, "icon": icon, "link": link}
            for title, icon, page, admins_only in items
            if (is_admin or not admins_only)
            and (several or page not in _OF_SEVERAL_STORES)
            and (link := _link(page))
        ]
        if links:
            shown.append(
                {"title": heading, "separator": True, "collapsible": False, "items": links}
            )
    by: Any = request.user
    if shown and several and len(stores_of(by)) > 1:
        name = "All stores" if by.reads_store is None else STORES.get()[by.store_id].name
        link = reverse("admin:accounts_store_choose")
        shown[0]["items"].append({"title": name, "icon": "storefront", "link": link})
    if shown and (till := till_of(request)):
        link = reverse("admin:ledger_till_changelist")
        shown[0]["items"].append({"title": f"At {till}", "icon": "point_of_sale", "link": link})
    _mark(request.path, [item for group in shown for item in group["items"]])
    return shown


def _mark(path: str, items: list[dict[str, Any]]) -> None:
    """Where we are: the page itself, else the one deepest above it; home is above everything."""
    home = reverse("admin:index")
    above = [
        item["link"]
        for item in items
        if path == item["link"] or (item["link"] != home and path.startswith(item["link"]))
    ]
    here = max(above, key=len, default=None)
    for item in items:
        item["active"] = item["link"] == here


def _link(page: str) -> str | None:
    try:
        return reverse(page if page.startswith("report") else f"admin:{page}")
    except NoReverseMatch:
        return None
