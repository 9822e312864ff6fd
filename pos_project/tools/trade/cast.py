"""Who trades in a made-up shop, and with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.models import User


@dataclass
class PlannedProduct:
    """A product as a made-up shop knows it: what it sells and buys it for, and from whom."""

    id: int
    name: str
    sku: str
    price: Decimal
    cost: Decimal
    supplier_id: int
    category: str
    brand: str | None
    keeps_stock: bool = True


@dataclass(frozen=True)
class Cast:
    """People and products. `products` are sold at random, `others` when somebody names them."""

    manager: User
    cashiers: Sequence[User]
    products: Sequence[PlannedProduct]
    others: Sequence[PlannedProduct]
    customer_ids: Sequence[int]
    supplier_ids: Sequence[int]
    postage: PlannedProduct | None = None
    tax_rates: Mapping[int, Decimal] = field(default_factory=dict)  # id → percent

    @property
    def all_products(self) -> Sequence[PlannedProduct]:
        return [*self.products, *self.others]
