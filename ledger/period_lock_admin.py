"""The period lock in the back office: up to which day the books are locked, and moving that."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from ledger.api.period_lock import PeriodLockIn
from ledger.closing_models import PeriodLock
from ledger.period_lock import lock_through, locked_through
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.forms import AsTheApi, ReasonForm
from pos_project.core.back_office.posted_records import WritableAdmin
from pos_project.core.db.idempotency import RequestKey


class LockForm(AsTheApi, ReasonForm):
    api = PeriodLockIn

    locked_through = DayField(
        label="Locked through",
        required=False,
        help_text="This day and all before it. Empty takes the lock back altogether.",
    )
    field_order = ("locked_through", "reason")


@admin.register(PeriodLock)
class PeriodLockAdmin(WritableAdmin):
    """Every lock there was, the newest first: that one holds."""

    list_display = ("through", "reason", "user", "created_at")
    list_display_links = ("through",)
    list_select_related = ("user",)
    ordering = ("-id",)
    fields = ("through", "reason", "user", "created_at")
    readonly_fields = ("through",)

    @display(description="locked through")
    def through(self, lock: PeriodLock) -> str:
        return f"{lock.locked_through:%d-%m-%Y}" if lock.locked_through else "taken back"

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lock the books up to a day; only an admin takes a lock back, in part or whole."""
        by: Any = request.user
        holds = locked_through()

        def do(said: dict[str, Any], key: RequestKey | None) -> PeriodLock:
            day, reason = said["locked_through"], said["reason"]
            return lock_through(day, reason=reason, by=by, role=by.role, key=key)

        def tell(lock: PeriodLock) -> str:
            day = lock.locked_through
            return f"The books are locked through {day:%d-%m-%Y}." if day else "Nothing is locked."

        return self.ask_and_do(
            request,
            LockForm(asked(request), initial={"locked_through": holds}),
            do,
            tell,
            title=f"The books are locked through {holds:%d-%m-%Y}" if holds else "Lock the books",
            button="Lock",
            back_to=self.list_page,
            warning="What is dated into a locked day counts today."
            " Only an admin takes a lock back.",
        )
