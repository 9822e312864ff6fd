"""A shop with something of everything, in two stores: days that are closed, one that is locked, and
the day that is open."""

from decimal import Decimal

from django.utils import timezone

from accounts.models import LoginEvent, Store
from ledger.models import CashCount
from ledger.posting import Line
from pos_project.core.days import today
from pos_project.tests import shop, transfers
from reports.statements.cash_counting import Counted, count_cash, expected_cash
from reports.tests.a_shops_week import Week
from sales.refunds import Claim, refund


class RichShop(Week):
    def __init__(self) -> None:
        super().__init__()
        self._trade_in_another_store()
        transfers.a_days_transfers()
        self.cash_count = self._count_cash()
        LoginEvent.objects.create(
            user=self.cashier,
            email=self.cashier.email,
            outcome=LoginEvent.Outcome.OK,
            address="192.0.2.7",
            user_agent="a till",
            created_at=timezone.now(),
        )

    def _trade_in_another_store(self) -> None:
        bina = shop.a_cashier("Bina", username="bina", store=Store.objects.create(name="Market"))
        lemons = shop.a_product("0.75", name="Lemons", sku="LEMON-1")
        shop.buy((lemons, 20, "0.40"), supplier=self.supplier, offered=shop.on_credit(), by=bina)
        owed = shop.sell((lemons, 4), customer=self.customer, offered=shop.on_credit(), by=bina)
        refund(Claim(owed.sale.pk), by=bina)
        shop.sell((lemons, 3), offered=shop.cash(5), by=bina)

    def _count_cash(self) -> CashCount:
        change = Line("CASH", debit=Decimal(2000)), Line("BANK", credit=Decimal(2000))
        shop.post_by_hand(*change, memo="Change for the drawer")
        found = expected_cash(today(), store_id=self.cashier.store_id) - 1
        counted = Counted(found, reason="Short", banked=Decimal(20), bank_account="BANK")
        return count_cash(counted, by=self.cashier)
