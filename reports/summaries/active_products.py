"""Which products reports show, over `products p`; the ORM says `Product.objects.sellable()`."""

ACTIVE = "p.archived_at IS NULL AND p.status = 'active'"
KEPT_IN_STOCK = f"{ACTIVE} AND p.keeps_stock"  # services are left out of reports on stock (I32)

# What an answer calls products without one.
NO_CATEGORY, NO_BRAND = "Uncategorized", "No Brand"
