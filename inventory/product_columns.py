"""What the columns of a file of products mean: ours, and those of other tills' exports."""

from pos_project.core.back_office.table_columns import Column, Kind

_BY_DOCUMENTS = "stock and its cost come in by a purchase, a count or as opening stock."
# Names that Square, Shopify, Loyverse and Lightspeed (Vend) give their columns are among these.
PRODUCT_COLUMNS = (
    Column(
        "sku", "SKU", Kind.CODE, ("variant sku", "product code", "item code", "stockcode", "code")
    ),
    Column(
        "name",
        "name",
        Kind.TEXT,
        ("item name", "title", "product name", "product", "description 1"),
    ),
    Column(
        "price",
        "price",
        Kind.NUMBER,
        ("variant price", "retail price", "selling price", "sale price", "unit price", "price…"),
    ),
    Column("brand", "brand", Kind.TEXT, ("brand name", "vendor", "manufacturer")),
    Column(
        "category",
        "category",
        Kind.TEXT,
        ("category name", "product category", "categories"),
    ),
    Column("unit", "unit", Kind.TEXT, ("unit of measure", "uom")),
    Column("description", "description", Kind.TEXT, ("body html",)),
    Column("status", "status", Kind.TEXT),
    Column(
        "keeps_stock",
        "keeps stock",
        Kind.YES_OR_NO,
        ("track stock", "track inventory", "stockable"),
    ),
    Column(
        "stock",
        "stock",
        Kind.NUMBER,
        (
            "in stock…",
            "variant inventory qty",
            "current quantity…",
            "new quantity…",
            "on hand",
            "quantity",
            "qty",
            "inventory…",
        ),
        elsewhere=_BY_DOCUMENTS,
    ),
    Column(
        "cost",
        "cost",
        Kind.NUMBER,
        (
            "cost price",
            "unit cost",
            "cost per item",
            "default unit cost",
            "supply price",
            "purchase cost",
            "purchase price",
        ),
        elsewhere=_BY_DOCUMENTS,
    ),
)
