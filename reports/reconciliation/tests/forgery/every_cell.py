"""Cell by cell: what of a table may change unseen.

Of every table one row is taken, that of the day where the table has days; each of its columns gets
another value, the row is deleted, a twin is copied in, triggers and constraints down. The database
refuses it, or `reconcile` is red. What is left may change, for a reason: docs/may-change-unseen.md.
"""

from collections import defaultdict

from reports.reconciliation.tests.forgery.shops import OpenShop
from reports.reconciliation.tests.forgery.verdicts import (
    UNSEEN,
    row_of,
    tables,
    verdict,
    verdicts,
)

# Table → what of it may change unseen. The reason of each is in docs/may-change-unseen.md.
UNSEEN_CELLS = {
    "auth_permission": {"id", "name", "content_type_id", "codename", "(deleted)"},
    "brands": {"name_key", "created_at", "updated_at"},
    "cart_items": {"id", "product_id", "quantity", "unit_price", "(deleted)"},
    "carts": {"user_id", "open_for_id", "sale_id", "created_at", "updated_at"},
    "categories": {"name_key", "created_at", "updated_at"},
    "customers": {"created_by_id", "updated_by_id", "join_at", "updated_at"},
    "day_seals": {"checksums"},
    "django_content_type": {"id", "app_label", "model", "(deleted)"},
    "document_numbers": {"id"},
    "fact_locks": {"id", "(deleted)", "(copied)"},
    "idempotent_requests": {
        *("id", "user_id", "key_hash", "fingerprint", "status", "body", "created_at", "(deleted)"),
    },
    "inventory_log": {"voids_id"},
    "ledger_accounts": {"archived_at", "number", "name"},
    "payment_methods": {"name", "is_active", "has_transaction_ids"},
    "products": {"created_by_id", "created_at", "updated_at"},
    "stores": {
        *("name", "kind", "closed_at", "address", "phone", "tax_number", "logo", "currency_sign"),
        *("receipt_header", "receipt_footer", "reorder_level", "reorder_quantity", "created_at"),
    },
    "suppliers": {"created_at"},
    "tills": {"created_at"},
    "tax_rates": {"name_key", "created_at"},
    "transaction_ids": {"id", "number_key", "(deleted)"},
    "users": {
        *("password", "last_login", "pin", "created_by_id", "updated_by_id"),
        *("created_at", "updated_at"),
    },
}
# Without a row in this shop: made again from others, forgotten after a while, or Django's own.
EMPTY = {
    *("auth_group", "auth_group_permissions", "django_admin_log", "django_session"),
    *("fact_accounts", "fact_buyers", "fact_cash", "fact_categories", "fact_customers"),
    *("fact_labels", "fact_locks", "fact_periods", "fact_products", "fact_purchases"),
    *("fact_recorded", "fact_sales", "fact_stock", "kept_lists", "maintenance_runs"),
    *("rate_counters", "refresh_tokens", "second_factors", "barcodes", "coming_prices"),
    *("repeating_expenses", "shop_time_zones", "stock_counts", "stock_count_lines", "user_stores"),
    "store_products",
}


def unseen_and_not_listed(traded: OpenShop) -> dict[str, set[str]]:
    """The cells of each table that changed unseen, though they are not listed; tables without a row
    are among those that are."""
    assert verdict() == UNSEEN, "honest trade is green"
    unseen: dict[str, set[str]] = defaultdict(set)
    for model in tables():
        table, row = model._meta.db_table, row_of(model, traded.day)
        if row is None:
            assert table in EMPTY, table
            continue
        for cell, named_by in verdicts(model, row):
            if named_by == UNSEEN and cell not in UNSEEN_CELLS.get(table, ()):
                unseen[table].add(cell)
    return dict(unseen)
