"""What sales and documents need of a store, remembered for seconds."""

from accounts.models import Store
from pos_project.core.remembered import Remembered

# Store id → the sign before its amounts.
CURRENCY_SIGNS: Remembered[dict[int, str]] = Remembered(
    lambda: dict(Store.objects.values_list("id", "currency_sign")), of=Store
)
