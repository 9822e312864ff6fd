"""Summaries: what a closed day, or a closed month, comes to.

A closed day's sales never change, so they are summed up once. Summaries are derived: `reconcile`
compares them with the rows they came from, and `rebuild_facts` builds them anew. What there is for
a day or month is said by `BuiltPeriod` alone; rows without one are leftovers that nobody reads.
Tables and columns keep the names that shops' databases have.
"""

import secrets

from django.conf import settings
from django.db import models

from accounts.models import Store
from catalog.models import Product
from ledger.chart_models import LedgerAccount
from sales.models import Customer


def _amount() -> models.DecimalField:
    return models.DecimalField(max_digits=20, decimal_places=2)


def _units() -> models.DecimalField:
    return models.DecimalField(max_digits=18, decimal_places=3)


def _of(model: "type[models.Model] | str") -> models.ForeignKey:
    # Summaries follow the rows they were made from, whose own keys are guarded: no second guard, no
    # second index, and nothing to look through when master data without history is deleted.
    return models.ForeignKey(
        model,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )


class Granularity(models.IntegerChoices):
    DAY = 1
    MONTH = 2


def new_version() -> int:
    """A number that no other period has, in this database or another."""
    return secrets.randbits(62)


class BuiltPeriod(models.Model):
    """That a summary was built of a day or a month, even if nothing happened then.

    Built anew, it has another version: what was read under this one is still true.
    """

    pk = models.CompositePrimaryKey("summary", "granularity", "first_day")
    summary = models.CharField(max_length=20, db_column="fact")  # the builder's name
    granularity = models.PositiveSmallIntegerField(choices=Granularity.choices, db_column="span")
    first_day = models.DateField()
    version = models.PositiveBigIntegerField(default=new_version, db_column="edition")

    class Meta:
        db_table = "fact_periods"

    def __str__(self) -> str:
        return f"{self.summary} of {Granularity(self.granularity).label} {self.first_day}"


class SummaryLock(models.Model):
    """One row: shared by whoever writes into a past day, held alone by whoever builds one."""

    id = models.PositiveSmallIntegerField(primary_key=True)

    class Meta:
        db_table = "fact_locks"

    def __str__(self) -> str:
        return f"lock {self.pk}"


class Summary(models.Model):
    """Figures of a day or month; a month has the date of its first day.

    The primary key begins with granularity and day, so that a range is read in one sweep.
    """

    granularity = models.PositiveSmallIntegerField(choices=Granularity.choices, db_column="span")
    first_day = models.DateField()

    class Meta:
        abstract = True


class SalesSummary(Summary):
    """What a seller sold by one payment method. Refunds count on their own day."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "store_id", "seller_id", "method")
    store = _of(Store)
    seller = _of(settings.AUTH_USER_MODEL)
    method = models.CharField(max_length=20)
    orders = models.PositiveBigIntegerField()
    gross_total = _amount()
    subtotal = _amount()
    discount = _amount()
    tax = _amount()
    squares = models.DecimalField(max_digits=36, decimal_places=4)  # Σ total²
    smallest = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # single total
    largest = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    customer_orders = models.PositiveBigIntegerField()  # of these, with a customer
    customer_gross = _amount()
    refunds = models.PositiveBigIntegerField()
    refund_amount = _amount()
    refund_tax = _amount()  # within it
    customer_refund = _amount()  # of it, to customers
    units = _units()
    units_returned = _units()
    returned_value = _amount()  # Σ units returned × unit price
    cogs = _amount()  # less restocked

    class Meta:
        db_table = "fact_sales"

    def __str__(self) -> str:
        return f"sales of seller {self.seller_id} by {self.method}, {self.first_day}"


class BuyersSummary(Summary):
    """Who bought what from a seller: sets of ids, so that any range is counted exactly.

    Seller 0 in store 0 is everybody in all stores.
    """

    pk = models.CompositePrimaryKey("granularity", "first_day", "store_id", "seller_id")
    store_id = models.PositiveBigIntegerField()
    seller_id = models.PositiveBigIntegerField()
    days = models.PositiveBigIntegerField()  # bit n: a sale on the month's day n + 1
    customer_count = models.PositiveBigIntegerField()
    customers = models.BinaryField()  # summaries.id_set
    products = models.BinaryField()

    class Meta:
        db_table = "fact_buyers"

    def __str__(self) -> str:
        return f"buyers of seller {self.seller_id}, {self.first_day}"


class ProductSummary(Summary):
    """What was sold of a product. A month's row sums up everything to the month's end."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "product_id")
    product = _of(Product)
    line_count = models.BigIntegerField()
    sale_count = models.BigIntegerField()  # different sales
    quantity = _units()
    subtotal = _amount()
    returned = _units()
    returned_value = _amount()
    cogs = _amount()  # less restocked

    class Meta:
        db_table = "fact_products"

    def __str__(self) -> str:
        return f"product {self.product_id}, {self.first_day}"


class CustomerSummary(Summary):
    """What a customer bought. A month's row sums up everything to the month's end."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "customer_id")
    customer = _of(Customer)
    orders = models.BigIntegerField()
    gross_total = _amount()
    refund_amount = _amount()
    last_at = models.DateTimeField(null=True)  # the latest sale

    class Meta:
        db_table = "fact_customers"

    def __str__(self) -> str:
        return f"customer {self.customer_id}, {self.first_day}"


class CashSummary(Summary):
    """Money that changed hands, by way and kind of payment."""

    pk = models.CompositePrimaryKey(
        "granularity",
        "first_day",
        "store_id",
        "method",
        "direction",
        "payment_type",
        "payment_party",
    )
    store = _of(Store)
    method = models.CharField(max_length=20)
    direction = models.CharField(max_length=3)
    payment_type = models.CharField(max_length=15)
    payment_party = models.CharField(max_length=10)
    payments = models.PositiveBigIntegerField()
    amount = _amount()

    class Meta:
        db_table = "fact_cash"

    def __str__(self) -> str:
        return f"{self.method} {self.direction}, {self.first_day}"


class PurchaseSummary(Summary):
    """What was bought of a product, reversals below zero. A month's row sums up to its end."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "product_id")
    product = _of(Product)
    quantity = _units()
    subtotal = _amount()

    class Meta:
        db_table = "fact_purchases"

    def __str__(self) -> str:
        return f"bought of product {self.product_id}, {self.first_day}"


class ProductLabel(models.Model):
    """The category that `CategorySummary` counts sales of a product in; of active ones only.

    It follows the product when summaries are built; until then `reports.dashboards.category_sales`
    makes up for the difference. Category 0 is none.
    """

    product = models.OneToOneField(
        Product,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    category_id = models.PositiveBigIntegerField()

    class Meta:
        db_table = "fact_labels"

    def __str__(self) -> str:
        return f"product {self.product_id} in category {self.category_id}"


class CategorySummary(Summary):
    """In how many different sales products of a category were sold, by `ProductLabel`."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "category_id")
    category_id = models.PositiveBigIntegerField()
    sale_count = models.BigIntegerField()

    class Meta:
        db_table = "fact_categories"

    def __str__(self) -> str:
        return f"sales of category {self.category_id}, {self.first_day}"


class RecordedSummary(Summary):
    """How many rows a user recorded. A month's row sums everything up to the month's end."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "user_id", "kind")
    user = _of(settings.AUTH_USER_MODEL)
    kind = models.CharField(max_length=20)  # the wire's word
    recorded = models.PositiveBigIntegerField()

    class Meta:
        db_table = "fact_recorded"

    def __str__(self) -> str:
        return f"{self.recorded} × {self.kind} by user {self.user_id}, {self.first_day}"


class AccountSummary(Summary):
    """What the journal moved on an account by one kind of event. A month's row sums everything up
    to the month's end: an opening balance is one of them, and the days since."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "store_id", "account_id", "event")
    store = _of(Store)
    account = _of(LedgerAccount)
    event = models.CharField(max_length=20)
    line_count = models.PositiveBigIntegerField()
    debit = _amount()
    credit = _amount()

    class Meta:
        db_table = "fact_accounts"

    def __str__(self) -> str:
        return f"{self.account_id} by {self.event}, {self.first_day}"


class StockSummary(Summary):
    """How a product's stock moved, in units and at cost. A month's row sums everything up to the
    month's end: what was in stock then."""

    pk = models.CompositePrimaryKey("granularity", "first_day", "store_id", "product_id")
    store = _of(Store)
    product = _of(Product)
    units = _units()
    cost = _amount()

    class Meta:
        db_table = "fact_stock"

    def __str__(self) -> str:
        return f"stock of product {self.product_id}, {self.first_day}"
