"""What the demo shop is called, sells and spends money on. Invented; any likeness is chance."""

from decimal import Decimal
from typing import Final

BRANDS: Final = (
    "Northwind Goods",
    "Delta Wear",
    "Kite & Co",
    "Bluefin",
    "Marigold",
    "Oakline",
    "Paperboat",
    "Sundarban",
    "Tidewater",
    "Lanternfish",
    "Copperleaf",
    "Monsoon",
    "Hillside",
    "Quill",
    "Peony",
)

# category: (things, lowest price, highest price)
CATEGORIES: Final[dict[str, tuple[tuple[str, ...], int, int]]] = {
    "Clothing": (("T-Shirt", "Polo Shirt", "Hoodie", "Scarf", "Cap"), 350, 2400),
    "Shoes": (("Sandals", "Sneakers", "Slippers", "Loafers", "Boots"), 650, 4800),
    "Bags": (("Tote Bag", "Backpack", "Purse", "Laptop Sleeve", "Travel Bag"), 450, 3900),
    "Kitchen": (("Saucepan", "Kettle", "Chopping Board", "Storage Jar", "Ladle"), 180, 2200),
    "Tableware": (("Mug", "Dinner Plate", "Soup Bowl", "Water Glass", "Teapot"), 90, 1450),
    "Stationery": (("Notebook", "Pen Set", "Desk Diary", "Pencil Case", "Sketchbook"), 60, 750),
    "Toys": (("Puzzle", "Wooden Train", "Kite", "Doll", "Building Blocks"), 150, 2200),
    "Lighting": (
        ("Desk Lamp", "Lantern", "Fairy Lights", "Night Light", "Candle Holder"),
        220,
        3400,
    ),
    "Bedding": (("Bed Sheet", "Pillow", "Blanket", "Quilt Cover", "Cushion"), 480, 4200),
    "Bath": (("Towel", "Soap Dish", "Bath Mat", "Robe", "Laundry Basket"), 120, 1900),
    "Garden": (("Flower Pot", "Watering Can", "Trowel", "Bird Feeder", "Plant Stand"), 120, 1800),
    "Electronics": (("Earphones", "Power Bank", "USB Cable", "Phone Stand", "Speaker"), 190, 4900),
}
SHADES: Final = ("White", "Red", "Green", "Ivory", "Black")

SUPPLIERS: Final = (
    ("Meghna Trading", "Wholesale"),
    ("Padma Imports", "Import"),
    ("Rupsha Textiles", "Textiles"),
    ("Karnaphuli Houseware", "Houseware"),
    ("Delta Textiles", "Textiles"),
    ("Surma Paper House", "Paper"),
    ("Jamuna Electronics", "Electronics"),
    ("Teesta Craft Works", "Crafts"),
)

FIRST_NAMES: Final = (
    "Rahim",
    "Karim",
    "Nusrat",
    "Farhana",
    "Imran",
    "Tania",
    "Sabbir",
    "Mitu",
    "Arif",
    "Sadia",
    "Jahid",
    "Rumana",
)
LAST_NAMES: Final = ("Uddin", "Akter", "Hossain", "Chowdhury", "Sarker")
AREAS: Final = ("Dhanmondi", "Mirpur", "Uttara", "Banani", "Mohammadpur", "Gulshan")

# title, category, amount, method, day of the month (at most 28)
MONTHLY_EXPENSES: Final = (
    ("Shop rent", "Rent", Decimal("45000.00"), "bank", 1),
    ("Electricity bill", "Utilities", Decimal("6480.00"), "bkash", 9),
    ("Water bill", "Utilities", Decimal("850.00"), "cash", 11),
    ("Internet", "Utilities", Decimal("1200.00"), "bkash", 14),
    ("Salary of the cashiers", "Salary", Decimal("36000.00"), "bank", 28),
    ("Salary of the manager", "Salary", Decimal("28000.00"), "bank", 28),
)
SMALL_EXPENSES: Final = (
    ("Rickshaw van for a delivery", "Transport"),
    ("Paper bags and tape", "Packing"),
    ("Cleaning things", "Cleaning"),
    ("Tea for the staff", "Hospitality"),
)

# What stands on its papers.
SHOP: Final = {
    "address": "12 Lake Road, Dhanmondi\nDhaka 1205",
    "phone": "01711-000000",
    "tax_number": "BIN 000123456-0101",
    "receipt_footer": "Thank you! Goods are exchanged within seven days.",
}

# By how much the drawer is over or short, and why; most evenings it agrees.
DRAWER: Final = (
    *((0, "") for _ in range(8)),
    (-20, "Change was given wrongly"),
    (10, "Nobody knows"),
    (-50, "Change was given wrongly"),
)

WRITE_OFFS: Final = ("DAMAGED", "LOST", "EXPIRED", "SHOP USE")
