"""Who works in the shop, how they sign in, and the store they work in."""

from copy import copy
from typing import Any, ClassVar

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from pos_project.core.db.append_only import AppendOnly, AppendOnlyQuerySet
from pos_project.core.db.search_text import Searchable, SearchText
from pos_project.core.db.unique_keys import KeyField, key_of
from pos_project.core.errors import Denied, Invalid
from pos_project.core.http.permissions import ADMIN, MANAGER, STAFF
from pos_project.core.people import Archivable, ArchivableQuerySet, Contact, Status

REORDER_BELOW = 20  # units; of a shop that says nothing else, and of the API's alarms


class Store(models.Model):
    """A shop or warehouse. Every sale, purchase, expense, batch and log row belongs to one."""

    FIRST_ID = 1

    class Kind(models.TextChoices):
        SHOP = "shop", "Shop"
        WAREHOUSE = "warehouse", "Warehouse"

    class PriceChanger(models.TextChoices):
        ADMINS = "admins", "Admins"
        MANAGERS = "managers", "Admins and managers"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SHOP)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What stands on papers and in the back office; no default of the API depends on it.
    address = models.TextField(blank=True, default="")
    phone = models.CharField(max_length=100, blank=True, default="")
    tax_number = models.CharField(max_length=50, blank=True, default="")
    logo = models.CharField(max_length=255, blank=True, default="")  # a picture's storage key
    currency_sign = models.CharField(max_length=5, blank=True, default="৳")
    receipt_header = models.CharField(max_length=255, blank=True, default="")
    receipt_footer = models.CharField(max_length=255, blank=True, default="Thank you!")
    # What its sales' numbers begin with, in capitals and digits; NULL: INV (accounts/stores.py).
    number_prefix = models.CharField(
        "sales' numbers begin with", max_length=8, null=True, blank=True, unique=True
    )
    price_changers = models.CharField(
        "who may change prices in the back office",
        max_length=10,
        choices=PriceChanger.choices,
        default=PriceChanger.MANAGERS,
    )
    # What staff may do without a manager's approval (accounts/staff_rules.py); all of it at first.
    staff_sell_below_list = models.BooleanField(
        "staff may sell below the list's price", default=True
    )
    staff_max_discount = models.DecimalField(
        "staff may give off up to (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    staff_refund_without_goods = models.BooleanField(
        "staff may refund without taking goods back", default=True
    )
    staff_max_refund = models.DecimalField(
        "staff may refund up to", max_digits=10, decimal_places=2, null=True, blank=True
    )
    staff_correct_stock = models.BooleanField("staff may correct stock", default=True)
    staff_transfer_stock = models.BooleanField(
        "staff may send goods to other stores, and receive them", default=True
    )
    staff_see_cost = models.BooleanField("staff see cost and profit", default=True)
    staff_set_levels = models.BooleanField("staff may set reorder levels and places", default=True)
    staff_open_shifts = models.BooleanField("staff may open shifts", default=True)
    staff_close_shifts = models.BooleanField("staff may close shifts", default=True)
    staff_move_cash = models.BooleanField(
        "staff may take cash out of a till, or put it in", default=True
    )
    # Counted blind: who counts is not told what must lie there.
    staff_see_expected_cash = models.BooleanField(
        "staff see what a till must hold before they count", default=False
    )
    shift_required = models.BooleanField("cash wants an open shift", default=False)
    # As the country's law has it; where it does not come back, all of a bad debt is lost.
    bad_debt_tax_comes_back = models.BooleanField(
        "the state gives back the tax of bad debts", default=False
    )
    # Of products that have none of their own.
    reorder_level = models.IntegerField("reorder below", default=REORDER_BELOW)
    reorder_quantity = models.IntegerField("units per order", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "stores"
        constraints = (
            models.CheckConstraint(
                name="accounts_store_reorder_level_not_negative",
                violation_error_message="Products are reordered below 0 units or more.",
                condition=models.Q(reorder_level__gte=0),
            ),
            models.CheckConstraint(
                name="accounts_store_reorder_quantity_positive",
                violation_error_message="At least one unit is ordered.",
                condition=models.Q(reorder_quantity__isnull=True)
                | models.Q(reorder_quantity__gt=0),
            ),
            models.CheckConstraint(
                name="accounts_store_kind_known",
                violation_error_message="A store is a shop or a warehouse.",
                condition=models.Q(kind__in=("shop", "warehouse")),
            ),
            models.CheckConstraint(
                name="accounts_store_price_changers_known",
                violation_error_message="Prices are changed by admins, or by admins and managers.",
                condition=models.Q(price_changers__in=("admins", "managers")),
            ),
            models.CheckConstraint(
                name="accounts_store_staff_max_discount_is_a_percentage",
                condition=models.Q(staff_max_discount__isnull=True)
                | models.Q(staff_max_discount__gte=0, staff_max_discount__lte=100),
                violation_error_message="A discount is from 0 to 100 percent.",
            ),
            models.CheckConstraint(
                name="accounts_store_staff_max_refund_not_negative",
                condition=models.Q(staff_max_refund__isnull=True)
                | models.Q(staff_max_refund__gte=0),
                violation_error_message="A refund is never below zero.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class UserManager(
    BaseUserManager["User"].from_queryset(ArchivableQuerySet)  # type: ignore[misc]  # (dynamic)
):
    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email_key=key_of(email))

    def create_user(self, *, email: str, password: str | None, **fields: Any) -> "User":
        """A user with a hashed password and the unique keys filled in."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, *, email: str, password: str | None, **fields: Any) -> "User":
        return self.create_user(email=email, password=password, **{**fields, "role": ADMIN})


class User(Searchable, Archivable, Contact, AbstractBaseUser):
    """A person who signs in. Admins and managers may enter the back office."""

    ROLES = ((ADMIN, "Admin"), (STAFF, "Staff"), (MANAGER, "Manager"))

    name = models.CharField(max_length=100)
    username = models.CharField(max_length=100, null=True, blank=True)
    username_key = KeyField(max_length=100, unique=True)
    email = models.EmailField(max_length=254)
    email_key = KeyField(max_length=254, unique=True)
    search_text = SearchText(of=("name", "username", "email"), phones=("phone",))
    role = models.CharField(max_length=10, choices=ROLES, default=STAFF)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    verify = models.BooleanField("e-mail confirmed", default=False)
    pin = models.CharField(max_length=128, blank=True, default="")  # hashed; signs approvals
    store = models.ForeignKey(Store, on_delete=models.PROTECT, default=Store.FIRST_ID)  # their home
    # Where they may act beside it; admins may everywhere.
    stores = models.ManyToManyField(
        Store, db_table="user_stores", related_name="+", blank=True, verbose_name="other stores"
    )
    created_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    updated_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # Their home, once a store was chosen for a request: `store` is that one then, and whoever acts
    # there is not saved.
    chosen_from: int | None = None

    objects = UserManager()

    class Meta:
        db_table = "users"
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = (
            models.CheckConstraint(
                name="accounts_user_role_known",
                violation_error_message="A user is an admin, a manager or staff.",
                condition=models.Q(role__in=(ADMIN, STAFF, MANAGER)),
            ),
            models.CheckConstraint(
                name="accounts_user_status_known",
                violation_error_message="A user is active, inactive or banned.",
                condition=models.Q(status__in=Status.values),
            ),
        )

    def __str__(self) -> str:
        # As the shop calls them; the e-mail stands on their page.
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        assert self.chosen_from is None, "they would move to the store that they only act in"
        if self.archived_at is None:
            self.email_key, self.username_key = key_of(self.email), key_of(self.username)
        super().save(*args, **kwargs)

    def in_store(self, store_id: int, *, writing: bool) -> "User":
        """Them, acting in this store: their home, one they are allowed, any for an admin.

        Raises Invalid for a store that is not there, or closed to what is `writing`; Denied for
        one that is not theirs.
        """
        from accounts.stores import STORES  # (which reads them)

        store = STORES.get().get(store_id)
        if store is None:
            raise Invalid("Unknown store.", fields={"store_id": ["Unknown store."]})
        is_theirs = self.role == ADMIN or store_id == self.home_id
        if not is_theirs and not self.stores.filter(pk=store_id).exists():
            text = "You do not work in this store."
            raise Denied(text, fields={"store_id": [text]})
        if writing and store.closed_at is not None:
            text = f"{store.name} is closed."
            raise Invalid(text, fields={"store_id": [text]})
        there = copy(self)
        there.chosen_from, there.store_id = self.home_id, store_id
        return there

    @property
    def reads_store(self) -> int | None:
        """The store whose rows they are shown; None is all stores."""
        from accounts.stores import shown_to  # (which reads them)

        return shown_to(self)

    @property
    def home_id(self) -> int:
        """The store they act in unless they choose another."""
        return self.chosen_from or self.store_id  # type: ignore[return-value]  # (it is never None)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # (an attribute there)
        return self.status == Status.ACTIVE and self.archived_at is None

    @property
    def is_staff(self) -> bool:
        """Django's word for "may enter the back office", which our role `staff` may not."""
        return self.role in (ADMIN, MANAGER)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Admins everything; managers everything but people."""
        return self.is_active and (
            self.role == ADMIN or (self.role == MANAGER and not perm.startswith("accounts."))
        )

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.")


class AuditEntryManager(
    LogEntryManager.from_queryset(AppendOnlyQuerySet)  # type: ignore[misc]  # (dynamic)
):
    """The library writes by `log_create`; what it wrote stays."""


class AuditEntry(AppendOnly, AbstractLogEntry):
    """One change of master data, one export, or one thing that a rule for staff kept from them or
    a manager approved: who, what, when, from where, before and after."""

    REFUSED, APPROVED = 4, 5  # beside the library's own actions

    objects = AuditEntryManager()  # type: ignore[misc]  # (a class variable in AppendOnly's eyes)

    # A user who stands in the audit is archived, never deleted.
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    content_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AbstractLogEntry.Meta):
        db_table = "audit_entries"
        ordering = ("-id",)
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"


class RefreshToken(models.Model):
    """A refresh token that was handed out; only its hash is kept. One family per sign-in."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="refresh_tokens")
    family = models.UUIDField(db_index=True)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)  # exchanged for its successor
    revoked_at = models.DateTimeField(null=True)  # withdrawn on purpose

    class Meta:
        db_table = "refresh_tokens"

    def __str__(self) -> str:
        return f"refresh token {self.pk} of user {self.user_id}"


class LoginEvent(AppendOnly):
    """One attempt to sign in, whatever came of it."""

    class Outcome(models.TextChoices):
        OK = "ok"
        WRONG = "wrong"  # unknown e-mail or wrong password
        INACTIVE = "inactive"
        LIMITED = "limited"
        NO_CODE = "no_code", "no code"  # the right password, without the second factor

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="login_events")
    email = models.CharField(max_length=254)  # as typed
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    address = models.CharField(max_length=45)
    user_agent = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "login_events"
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"login event {self.pk}: {self.outcome}"


class SecondFactor(models.Model):
    """Somebody is asked for a code of an app, too, when they sign in (accounts/second_factor.py).

    Everything but `user` and `turned_on_at` moves with each sign-in and stays out of the audit.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    salt = models.CharField(max_length=32)  # the secret is made of it and SECRET_KEY
    last_step = models.BigIntegerField()  # the half minute of the latest code: none counts twice
    recovery_hashes = models.TextField()  # SHA-256, hex, of the codes that are left
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    wrong_since = models.DateTimeField(null=True)
    turned_on_at = models.DateTimeField()

    class Meta:
        db_table = "second_factors"
        verbose_name = "two-factor sign-in"
        verbose_name_plural = "two-factor sign-ins"

    def __str__(self) -> str:
        return f"two-factor sign-in of user {self.user_id}"
