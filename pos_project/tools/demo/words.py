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
    "Clothing": (("T-Shirt", "Polo Shirt", "Hoodie", "Scarf", "Cap"), 8, 45),
    "Shoes": (("Sandals", "Sneakers", "Slippers", "Loafers", "Boots"), 12, 80),
    "Bags": (("Tote Bag", "Backpack", "Purse", "Laptop Sleeve", "Travel Bag"), 9, 70),
    "Kitchen": (("Saucepan", "Kettle", "Chopping Board", "Storage Jar", "Ladle"), 4, 40),
    "Tableware": (("Mug", "Dinner Plate", "Soup Bowl", "Water Glass", "Teapot"), 3, 25),
    "Stationery": (("Notebook", "Pen Set", "Desk Diary", "Pencil Case", "Sketchbook"), 2, 18),
    "Toys": (("Puzzle", "Wooden Train", "Kite", "Doll", "Building Blocks"), 5, 35),
    "Lighting": (("Desk Lamp", "Lantern", "Fairy Lights", "Night Light", "Candle Holder"), 6, 60),
    "Bedding": (("Bed Sheet", "Pillow", "Blanket", "Quilt Cover", "Cushion"), 10, 75),
    "Bath": (("Towel", "Soap Dish", "Bath Mat", "Robe", "Laundry Basket"), 4, 38),
    "Garden": (("Flower Pot", "Watering Can", "Trowel", "Bird Feeder", "Plant Stand"), 5, 42),
    "Electronics": (("Earphones", "Power Bank", "USB Cable", "Phone Stand", "Speaker"), 5, 90),
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
    ("Shop rent", "Rent", Decimal("650.00"), "bkash", 1),
    ("Electricity bill", "Utilities", Decimal("84.50"), "bkash", 9),
    ("Water bill", "Utilities", Decimal("21.75"), "cash", 11),
    ("Internet", "Utilities", Decimal("30.00"), "card", 14),
    ("Salary of the cashiers", "Salary", Decimal("780.00"), "cash", 28),
    ("Salary of the manager", "Salary", Decimal("620.00"), "cash", 28),
)
SMALL_EXPENSES: Final = (
    ("Rickshaw van for a delivery", "Transport"),
    ("Paper bags and tape", "Packing"),
    ("Cleaning things", "Cleaning"),
    ("Tea for the staff", "Hospitality"),
)

WRITE_OFFS: Final = ("DAMAGED", "LOST", "EXPIRED", "SHOP USE")
