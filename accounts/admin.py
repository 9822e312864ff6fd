"""The shop's own page, its people, and who did what when."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget

from accounts import people, second_factor, store_admin  # noqa: F401  (registers the shop's page)
from accounts.api.serializers import UserChangesIn
from accounts.models import AuditEntry, LoginEvent, Store, User
from accounts.sign_in import MAX_PASSWORD_LENGTH
from accounts.stores import has_several
from pos_project.core.back_office import history
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.master_data import MasterDataAdmin
from pos_project.core.back_office.posted_records import ReadOnlyAdmin
from pos_project.core.back_office.shown_values import status_label
from pos_project.core.db.idempotency import RequestKey

admin.site.disable_action("delete_selected")
admin.site.unregister(Group)  # roles are the column of a user
admin.site.unregister(AuditEntry)  # the library has a page of its own


class WitnessAdmin(ReadOnlyAdmin):
    """Managers may read it too, though `accounts` is otherwise the admins' own."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class DoneFilter(admin.SimpleListFilter):
    title = "what was done"
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(code), word.capitalize()) for code, word in history.DONE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {str(code): code for code in history.DONE}.get(str(self.value()))
        return queryset if chosen is None else queryset.filter(action=chosen)


class KindFilter(admin.RelatedOnlyFieldListFilter):
    """By what was changed: products, people, settings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "of what"

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        choices = super().field_choices(field, request, model_admin)
        return [
            (pk, ContentType.objects.get_for_id(int(pk)).name.capitalize()) for pk, _ in choices
        ]


@admin.register(AuditEntry)
class AuditEntryAdmin(WitnessAdmin):
    list_display = ("when", "who", "what", "which", "fields_changed", "from_where")
    list_filter = (("timestamp", RangeDateTimeFilter), DoneFilter, ("content_type", KindFilter))
    search_fields = ("object_repr", "actor_email", "changes", "remote_addr")
    search_help_text = "What, who, a value or an address"
    list_select_related = ("actor", "content_type")
    fields = ("when", "who", "what_was_done", "which", "before_and_after", "from_where")
    readonly_fields = fields

    @display(description="when", ordering="timestamp")
    def when(self, entry: AuditEntry) -> str:
        return history.moment(entry.timestamp)

    @display(description="who", ordering="actor_email")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor.name if entry.actor else "the system"

    @display(
        description="what",
        label={
            "added": "success",
            "changed": "info",
            "removed": "danger",
            "exported": "warning",
            "refused": "danger",
            "approved": "info",
        },
    )
    def what(self, entry: AuditEntry) -> tuple[str, str]:
        return history.DONE[entry.action], self.what_was_done(entry)

    @display(description="what")
    def what_was_done(self, entry: AuditEntry) -> str:
        return f"{entry.content_type.name} {history.DONE[entry.action]}"

    @display(description="which", ordering="object_repr")
    def which(self, entry: AuditEntry) -> str:
        return str(entry.object_repr)

    @display(description="from where", ordering="remote_addr")
    def from_where(self, entry: AuditEntry) -> str:
        return entry.remote_addr or "–"

    @display(description="changes")
    def fields_changed(self, entry: AuditEntry) -> str:
        return ", ".join(sorted(word for word, _, _ in history.changes(entry)))

    @display(description="before and after")
    def before_and_after(self, entry: AuditEntry) -> SafeString:
        return history.before_and_after(sorted(history.told([entry])[entry.pk]))


@admin.register(LoginEvent)
class LoginEventAdmin(WitnessAdmin):
    list_display = ("when", "email", "user", "result", "from_where", "user_agent")
    list_filter = ("outcome", ("created_at", RangeDateTimeFilter))
    search_fields = ("email", "address")
    search_help_text = "Email or address"
    list_select_related = ("user",)
    fields = ("when", "email", "user", "outcome", "from_where", "user_agent")
    readonly_fields = ("when", "from_where")

    @display(description="when", ordering="created_at")
    def when(self, event: LoginEvent) -> str:
        return history.moment(event.created_at)

    @display(description="from where", ordering="address")
    def from_where(self, event: LoginEvent) -> str:
        return event.address

    @display(
        description="result",
        ordering="outcome",
        label={
            "ok": "success",
            "wrong": "danger",
            "inactive": "warning",
            "limited": "warning",
            "no_code": "warning",
        },
    )
    def result(self, event: LoginEvent) -> tuple[str, str]:
        return event.outcome, event.get_outcome_display()


class UserForm(RowForm):
    """A person who signs in. Left empty, the password stays as it is."""

    api = UserChangesIn
    new_password = forms.CharField(
        label="Password",
        required=False,
        min_length=8,
        max_length=MAX_PASSWORD_LENGTH,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = (
            *("name", "email", "username", "phone", "role", "status", "verify"),
            *("store", "stores"),
        )
        help_texts: ClassVar[dict[str, str]] = {
            "store": "Where they act unless they choose another one.",
            "stores": "Where they may act, too. Admins may everywhere.",
        }

    def _save_m2m(self) -> None:
        """The use case has written the stores, too."""

    def is_typed(self, name: str) -> bool:
        """Stores are chosen: rows here, ids there."""
        return name != "stores" and super().is_typed(name)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.instance.pk is None and not said.get("new_password"):
            self.add_error("new_password", "A new user needs a password.")
        return said


@admin.register(User)
class UserAdmin(MasterDataAdmin):
    form = UserForm
    goes_by_store = False
    list_display = ("name", "email", "role", "state", "last_login")
    list_filter = ("role", "status")
    removal_warning = "They can no longer sign in; their sessions end now."
    search_fields = ("search_text",)
    search_help_text = "Name, email or phone"
    ordering = ("search_text", "id")
    actions_detail = ("take_off_second_factor", "remove")
    actions_list = ("archived",)
    restore_warning = "They can sign in again, with their password and role of then."
    readonly_fields = ("last_login", "two_factor")
    fields = (
        "name",
        ("email", "username"),
        "phone",
        ("role", "status"),
        "verify",
        ("store", "stores"),
        "new_password",
        ("last_login", "two_factor"),
    )

    state = status_label

    @display(description="two-factor sign-in")
    def two_factor(self, person: User) -> str:
        kept = second_factor.of(person)
        return f"on since {history.moment(kept.turned_on_at)}" if kept else "off"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """No button to take off what is not on."""
        offered = super().get_actions_detail(request, object_id)
        person = self.get_object(request, object_id)
        if person is not None and second_factor.of(person) is not None:
            return offered
        return [each for each in offered if each.method.url_path != "take-off-second-factor"]

    @action(
        description="Take off two-factor sign-in",
        permissions=["change"],
        url_path="take-off-second-factor",
        icon="phonelink_erase",
    )
    def take_off_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who has lost the app and the recovery codes."""
        person = get_object_or_404(User.objects.listed(), pk=object_id)
        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            lambda _, key: second_factor.take_off(person.pk, key=key),
            lambda _: f"{person} signs in by password alone.",
            title=f"Take off two-factor sign-in of {person}?",
            button="Take it off",
            back_to=self.page_of(person.pk),
            warning="Make sure that it is they who ask. Their password alone signs in from then.",
        )

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """With one store nobody is asked which."""
        shown = super().get_fields(request, obj)
        return shown if has_several() else [each for each in shown if "stores" not in each]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "store":
            kwargs["queryset"] = Store.objects.filter(closed_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Store.objects.filter(closed_at=None)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def add_row(
        self, fields: dict[str, Any], *, form: Any, by: Any, key: RequestKey | None, **_: Any
    ) -> User:
        said = {"password": form.cleaned_data["new_password"], "role": form.cleaned_data["role"]}
        if others := form.cleaned_data.get("stores"):
            said["stores"] = [store.pk for store in others]
        return people.add_user({**fields, **said}, by=by, key=key)

    def change_row(
        self,
        row_id: Any,
        fields: dict[str, Any],
        *,
        form: Any,
        by: Any,
        seen: dict[str, Any],
        **_: Any,
    ) -> None:
        if password := form.cleaned_data.get("new_password"):
            fields["password"] = password
        if "stores" in form.changed_data:
            fields["stores"] = [store.pk for store in form.cleaned_data["stores"]]
        people.change_user(row_id, fields, by=by, at=timezone.now(), seen=seen)

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """Nobody signs in as them any more; a name with history stays in old records."""
        people.remove_user(row.pk, by=by, at=timezone.now(), key=key)

    def bring_back(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        people.restore_user(row.pk, by=by, key=key)
