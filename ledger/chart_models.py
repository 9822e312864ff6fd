"""The chart of accounts, and the ways of being paid."""

from django.db import models
from django.db.models import Q

from pos_project.core.people import Archivable, ArchivableQuerySet


class LedgerAccount(Archivable):
    """An account of the chart. `code` is its handle in code; `number` is for accountants.

    Control accounts are moved by documents only, so that they always agree with their sub-ledger.
    To an archived one nothing is posted by hand any more.
    """

    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        EQUITY = "equity"
        INCOME = "income"
        EXPENSE = "expense"

    code = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_control = models.BooleanField(default=False)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        db_table = "ledger_accounts"
        verbose_name = "account"
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class PaymentMethod(models.Model):
    """A way of paying and the account its money is in. A new wallet is a row, not a release."""

    code = models.CharField(max_length=20, primary_key=True)  # the wire's `method`
    name = models.CharField(max_length=50)
    account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    has_transaction_ids = models.BooleanField(
        "a transaction number pays once",
        default=False,
        help_text="A wallet's: a number that a till sends is refused when it has paid before.",
    )

    class Meta:
        db_table = "payment_methods"
        constraints = (
            models.CheckConstraint(
                name="ledger_paymentmethod_due_is_no_tender",
                violation_error_message="Owing is no way of paying: another code, please.",
                condition=~Q(code="due"),
            ),
        )

    def __str__(self) -> str:
        return self.name
