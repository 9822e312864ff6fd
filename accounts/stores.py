"""The stores as they are set up, remembered for seconds: every sale asks for them."""

from accounts.models import Store
from pos_project.core.remembered import Remembered

# Store id → the store with its settings.
STORES: Remembered[dict[int, Store]] = Remembered(Store.objects.in_bulk, of=Store)
