"""What the columns of a file of products mean: ours, and those of other tills' exports. Stock and
cost are those of new products: of any other they come by a purchase or a count."""

from pos_project.core.back_office.table_columns import Column, Kind

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
        "barcodes",
        "barcodes",
        Kind.CODE,
        ("barcode", "variant barcode", "ean", "upc", "gtin", "ean 13", "additional barcodes"),
    ),
    Column("tax_rate", "tax rate", Kind.TEXT),
    Column("supplier", "supplier", Kind.TEXT, ("preferred supplier",)),
    Column(
        "reorder_level",
        "reorder level",
        Kind.NUMBER,
        ("reorder below", "reorder point", "low stock", "low stock threshold", "reorder point…"),
    ),
    Column(
        "reorder_quantity",
        "reorder quantity",
        Kind.NUMBER,
        ("reorder amount", "units per order", "optimal stock"),
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
    ),
)
