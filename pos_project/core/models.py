"""The tables that belong to no app: answers kept for retries, counters, what commands last did."""

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """The answer to a request that carried an `Idempotency-Key`, committed with its effect."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key_hash = models.CharField(max_length=64)  # SHA-256 of the key, hex
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body, hex
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)  # (NULL only inside its own transaction)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "idempotent_requests"
        constraints = (
            models.UniqueConstraint(
                fields=["user", "key_hash"], name="core_idempotentrequest_once_per_user_and_key"
            ),
        )

    def __str__(self) -> str:
        return f"request {self.pk} of user {self.user_id}"


class RateCounter(models.Model):
    """How often something was asked for in a window; counts where there is no Redis."""

    key_hash = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rate_counters"

    def __str__(self) -> str:
        return f"{self.key_hash}: {self.count}"


class MaintenanceRun(models.Model):
    """When a command that must run regularly last ended, how, and when it last ended well."""

    name = models.CharField(max_length=40, unique=True)  # of the command
    ok = models.BooleanField()
    detail = models.CharField(max_length=500)
    finished_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "maintenance_runs"

    def __str__(self) -> str:
        return f"{self.name} at {self.finished_at}"


class KeptList(models.Model):
    """How somebody wants a list of the back office: without a name, the columns that they leave
    out; with one, filters that they called so."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    page = models.CharField(max_length=100)  # `app.model` of the list
    name = models.CharField(max_length=60, blank=True, default="")
    kept = models.TextField()  # names of columns with blanks between them; or a query

    class Meta:
        db_table = "kept_lists"
        constraints = (
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="core_keptlist_one_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.page} of user {self.user_id}: {self.name}"
