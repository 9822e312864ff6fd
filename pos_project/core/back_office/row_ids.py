"""What pages and forms take for the id of a row: anything may stand in an address or be sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404
from django.urls import URLPattern


def can_be_id(model: type[Model], value: Any) -> bool:
    """Whether a row of the model could have this id, or no database should be asked for it."""
    if "\x00" in str(value):
        return False
    try:
        model._meta.pk.clean(value, None)
    except ValidationError:
        return False
    return True


def of_rows(pattern: URLPattern, model: type[Model]) -> URLPattern:
    """The same page, which is not there for what can be no id."""
    page: Callable[..., Any] = pattern.callback
    if "object_id" not in pattern.pattern.converters:
        return pattern

    @wraps(page)
    def checked(request: Any, object_id: Any, **kwargs: Any) -> Any:
        if not can_be_id(model, unquote(str(object_id))):
            raise Http404
        return page(request, object_id=object_id, **kwargs)

    pattern.callback = checked
    return pattern


class SearchedSelect(AutocompleteSelect):
    """A choice that is searched for; what is sent and names no row is shown as no choice."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        model = self.field.remote_field.model
        return super().optgroups(name, [each for each in value if can_be_id(model, each)], attr)
