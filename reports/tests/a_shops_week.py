"""A small shop trades for a week, through the use cases only: every one of them at least once.

For tests that want books with something of everything in them, and rows to point at.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Brand, Category, Product, TaxRate
from ledger import closing
from ledger.due_credits import reverse_credit
from ledger.expenses import Spending, record_expense
from ledger.manual_entries import ManualEntry, open_balances
from ledger.models import Payment
from ledger.payments import Tender, TendersOffered
from ledger.period_lock import lock_through
from ledger.posting import Line as Side
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.shop import on_credit
from sales import carts, holds
from sales.models import Sale
from sales.pricing import Order
from sales.refunds import Returned


def d(text: str) -> Decimal:
    return Decimal(text)


def units(product: Product, count: str) -> Returned:
    return Returned(d(count), product_id=product.pk)


class Week:
    """What was traded. Nothing needs to exist but the first store and the chart of accounts."""

    def __init__(self) -> None:
        self.cashier = shop.a_cashier("Asha", username="asha")
        self.customer, self.other_customer = shop.a_customer(), shop.a_customer(name="Karim")
        self.supplier = shop.a_supplier(name="Wholesale")
        self.rate = TaxRate.objects.create(name="VAT", rate=d("7.50"))
        self.tea = shop.a_product(
            "9.99",
            name="Tea",
            sku="TEA-1",
            brand=Brand.objects.create(name="Ispahani"),
            category=Category.objects.create(name="Groceries"),
        )
        self.rice = shop.a_product("3.35", name="Rice", sku="RICE-1")
        self.sugar = shop.a_product("2.00", name="Sugar", sku="SUGAR-1")
        self.postage = shop.a_service("4.50")
        shop.a_product("1.00", name="Old tea", sku="TEA-0").archive(keys=("sku_key",))
        self._buy()
        self._sell()
        self._hold()
        self._take_back()
        self._count()
        self._open_dues()
        self._send_back()
        self._close()
        self._correct()

    def _buy(self) -> None:
        """Paid at once; owed; paid by an advance; in part."""
        tea, rice, sugar, wholesale = self.tea, self.rice, self.sugar, self.supplier
        shop.opening(sugar, 15, "0.9050")
        last_week, yesterday = today() - timedelta(days=6), today() - timedelta(days=1)
        at_once = shop.cash("72.10")
        bought = (tea, 10, "5.01"), (rice, 20, "1.10")
        shop.buy(*bought, supplier=wholesale, offered=at_once, invoice="W-1", on=last_week)
        bought = (tea, 8, "5.55"), (tea, 4, "5.60")
        self.owed_purchase = shop.buy(
            *bought, supplier=wholesale, offered=on_credit(), on=yesterday
        )
        shop.pay_the(wholesale, "20.00", "bkash")
        shop.pay_the(wholesale, "60.00", note="and an advance")
        bought = (rice, 30, "1.20"), (sugar, 5, "0.95")
        card = shop.by_method("card", "1.00", use_advance=True)
        self.advance_purchase = shop.buy(*bought, supplier=wholesale, offered=card)
        shop.buy(
            (sugar, 7, "1.00"),
            supplier=shop.a_supplier(name="Farmers"),
            offered=shop.split(cash="2.00", nagad="1.00"),
            key=shop.a_key("a-delivery"),
        )

    def _sell(self) -> None:
        tea, rice, sugar, postage = self.tea, self.rice, self.sugar, self.postage
        self.cash_sale = shop.sell((tea, 3), (rice, 2), offered=shop.cash(50)).sale
        self.split_sale = shop.sell(
            *((tea, 9), (tea, 2, "8.00"), (postage, 1), (rice, 7)),
            customer=self.customer,
            offered=TendersOffered(
                (Tender("card", d("60.00"), "SLIP 7"), Tender("cash", d("100.00"))), split=True
            ),
            key=shop.a_key("a-sale"),
            discount=d("3.33"),
            tax_rate_id=self.rate.pk,
        ).sale
        self.credit_sale = shop.sell(
            (rice, 12), (sugar, 3), customer=self.customer, offered=on_credit(), tax=d("1.01")
        ).sale
        self.paid_later_sale = shop.sell(
            (sugar, 4), (tea, 1), customer=self.other_customer, offered=shop.cash(5)
        ).sale
        shop.pay_dues(self.other_customer, "4.00")
        shop.pay_dues(self.other_customer, "24.00", "bkash", "8N7A6K2", note="rest")
        nagad = shop.by_method("nagad", "1.50", use_advance=True)
        self.advance_sale = shop.sell(
            (sugar, 6), (postage, 2), customer=self.other_customer, offered=nagad
        ).sale
        shop.pay_dues(self.customer, "10.00")
        shop.sell((postage, 1, "0.00"), offered=shop.cash(0))  # given away: no entry at all

    def _hold(self) -> None:
        self.held_sale = shop.hold((self.rice, 2), customer=self.customer)
        self.cancelled_sale: Sale = shop.hold((self.tea, 1))
        holds.cancel(self.cancelled_sale.pk)
        held = shop.hold((self.rice, 4), (self.postage, 1))
        self.completed_hold = shop.complete(held, shop.cash(100)).sale
        carts.add(self.cashier, self.sugar.pk, d("2"))
        carts.check_out(Order([]), shop.cash(10), by=self.cashier)

    def _take_back(self) -> None:
        tea, rice, sale = self.tea, self.rice, self.split_sale
        self.part_refund = shop.take_back(sale, units(tea, "4"), reason="dented")
        shop.take_back(sale, units(rice, "2"), units(tea, "3"), method="card", restock=False)
        shop.take_back(sale)
        self.full_refund = shop.take_back(self.cash_sale, method="bkash")
        self.due_refund = shop.take_back(self.credit_sale, units(rice, "10"))
        shop.sell((tea, 5), (rice, 9), offered=shop.cash(200))  # what came back, first

    def _count(self) -> None:
        self.increase = shop.adjust(self.sugar, 3, "0.3333")
        shop.void(shop.adjust(self.rice, 5, "1.0050", reason=None))
        self.decrease = shop.adjust(self.sugar, -6, reason="SPOILED")
        self.void = shop.void(shop.adjust(self.tea, -2, reason=None))
        shop.sell((self.sugar, 4), offered=shop.cash(20))

    def _open_dues(self) -> None:
        """What was open before the books: paid in part, and not at all."""
        old = today() - timedelta(days=100)
        self.opening_due = shop.open_due(self.other_customer, "31.00", reference="OLD-7", dated=old)
        shop.pay_dues(self.other_customer, "6.00")
        self.bad_debt = shop.credit(self.other_customer, "bad_debt", "11.50", tax=d("1.50"))[0]
        shop.credit(self.other_customer, "allowance", "2.00")
        self.opening_payable = shop.open_due(shop.a_supplier(name="Mills"), "45.50", dated=old)
        shop.credit(self.opening_payable.supplier, "write_off", "0.50")
        reverse_credit(
            shop.credit(self.opening_payable.supplier, "allowance", "5.00")[0].pk,
            reason="Not granted",
            by=self.cashier,
        )

    def _send_back(self) -> None:
        """A paper with all that papers say; parts of it go back, in each way of settling them."""
        salt, oil = shop.a_product("2.50", name="Salt"), shop.a_product("8.00", name="Oil")
        paper = {
            "discount": d("1.50"),
            "freight": d("4.00"),
            "tax": d("6.13"),
            "rounding": d("-0.04"),
        }
        self.paper = shop.buy(
            *(shop.for_all(salt, 7, "10.00"), (oil, 9, "3.99")),
            supplier=shop.a_supplier(name="Salt works"),
            offered=shop.cash(30),
            **paper,
        )
        shop.sell((salt, 2), (oil, 1), offered=shop.cash(20))
        self.sent_back = shop.send_back(self.paper, 2, 3)  # less is owed
        shop.send_back(self.paper, 1, 3, method="bkash")
        self.paid_paper = shop.buy((oil, 4, "4.05"), supplier=self.paper.supplier)
        shop.send_back(self.paid_paper, 1)  # a deposit

    def _close(self) -> None:
        rent = Spending("Rent", d("25.50"), category="rent")
        self.expense = record_expense(rent, by=self.cashier)
        record_expense(Spending("Bulbs", d("3.10"), payment_method="card"), by=self.cashier)
        while (open_day := closing.next_day()) and open_day < today() - timedelta(days=1):
            closing.seal(open_day, now=timezone.now())

    def _correct(self) -> None:
        """What was entered wrongly, and reversed; what only an accountant knows."""
        salma, by = shop.a_customer(name="Salma"), self.cashier
        private = record_expense(Spending("Shoes", d("40.00")), by=by)
        bought, bkash = ((self.tea, 3, "5.25"), (self.rice, 7, "1.15")), shop.by_method("bkash", 9)
        misread = shop.buy(*bought, supplier=self.supplier, offered=bkash, invoice="W-9")
        shop.sell((self.tea, 1), customer=salma, offered=on_credit())
        shop.pay_dues(salma, "12.00", "card")
        bounced = Payment.objects.filter(customer=salma, payment_type="due_payment").latest("id")
        sides = Side("BANK", debit=d("30.00")), Side("CASH", credit=d("30.00"))
        self.by_hand = shop.post_by_hand(*sides, memo="To the bank")
        self.undone_expense = shop.undo_expense(private)
        self.undone_purchase = shop.undo_purchase(misread)
        [self.undone_payment, *_] = shop.undo_payment(bounced)
        self.undone_by_hand = shop.undo_entry(self.by_hand)
        open_balances(ManualEntry([Side("NAGAD", debit=d("15.00"))]), by=by)
        shop.pay_dues(salma, "11.00")
        shop.pay_back(salma, "0.50")
        # The past is locked, though yesterday is not closed; what comes in late counts today.
        yesterday = today() - timedelta(days=1)
        self.lock = lock_through(yesterday, reason="Reported", by=by, role="manager")
        self.sale_after_lock = shop.sell((self.rice, 1), offered=shop.cash(5)).sale
