"""The period lock in the back office: up to which day the books are locked, and moving that."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from ledger.models import PeriodLock
from ledger.period_lock import lock_through, locked_through
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.forms import ReasonForm
from pos_project.core.back_office.model_admin import WritableAdmin, asked


class LockForm(ReasonForm):
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

        def do(said: dict[str, Any]) -> str:
            day = said["locked_through"]
            lock_through(day, reason=said["reason"], by=by, role=by.role)
            return f"The books are locked through {day:%d-%m-%Y}." if day else "Nothing is locked."

        return self.ask_and_do(
            request,
            LockForm(asked(request), initial={"locked_through": holds}),
            do,
            title=f"The books are locked through {holds:%d-%m-%Y}" if holds else "Lock the books",
            button="Lock",
            back_to=self.list_page,
            warning="What is dated into a locked day counts today."
            " Only an admin takes a lock back.",
        )
