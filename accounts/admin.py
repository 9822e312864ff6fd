"""The shop's own page, its people, and who did what when."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.models import AuditEntry, LoginEvent
from pos_project.core.admin import ReadOnlyAdmin

admin.site.disable_action("delete_selected")
admin.site.unregister(Group)  # roles are the column of a user
admin.site.unregister(AuditEntry)  # the library has a page of its own


class WitnessAdmin(ReadOnlyAdmin):
    """Managers may read it too, though `accounts` is otherwise the admins' own."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(AuditEntry)
class AuditEntryAdmin(WitnessAdmin):
    list_display = ("timestamp", "who", "what", "object_repr", "fields_changed", "remote_addr")
    list_filter = (
        ("timestamp", RangeDateTimeFilter),
        "action",
        ("content_type", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("object_repr", "actor_email", "changes", "remote_addr")
    list_select_related = ("actor", "content_type")
    fields = (
        "timestamp",
        "who",
        "what",
        "object_repr",
        "before_and_after",
        "additional_data",
        "remote_addr",
    )
    readonly_fields = ("who", "what", "before_and_after")

    @display(description="who", ordering="actor_email")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor.name if entry.actor else "the system"

    @display(
        description="what",
        label={"create": "success", "update": "info", "delete": "danger", "export": "warning"},
    )
    def what(self, entry: AuditEntry) -> tuple[str, str]:
        word = {0: "create", 1: "update", 2: "delete", 3: "export"}[entry.action]
        return word, f"{word} {entry.content_type.name}"

    @display(description="fields")
    def fields_changed(self, entry: AuditEntry) -> str:
        return ", ".join(sorted(entry.changes or {}))

    @display(description="before → after")
    def before_and_after(self, entry: AuditEntry) -> SafeString:
        rows = [(name, *_pair(change)) for name, change in sorted((entry.changes or {}).items())]
        if not rows:
            return format_html("–")
        return format_html(
            "<table><thead><tr><th>column</th><th>before</th><th>after</th></tr></thead>"
            "<tbody>{}</tbody></table>",
            format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows),
        )


def _pair(change: Any) -> tuple[str, str]:
    before, after = change if isinstance(change, list) and len(change) == 2 else ("", change)
    return ("–" if before in (None, "None", "") else str(before)), (
        "–" if after in (None, "None", "") else str(after)
    )


@admin.register(LoginEvent)
class LoginEventAdmin(WitnessAdmin):
    list_display = ("created_at", "email", "user", "result", "address", "user_agent")
    list_filter = ("outcome", ("created_at", RangeDateTimeFilter))
    search_fields = ("email", "address")
    list_select_related = ("user",)

    @display(
        description="result",
        ordering="outcome",
        label={"ok": "success", "wrong": "danger", "inactive": "warning", "limited": "warning"},
    )
    def result(self, event: LoginEvent) -> tuple[str, str]:
        return event.outcome, event.get_outcome_display()
