"""Cost and profit on the wire: null for staff where the shop says so (docs/api.md §7)."""

from typing import Any

from rest_framework.request import Request

from accounts.staff_rules import may_see_cost
from pos_project.core.errors import DomainError
from pos_project.core.http.endpoints import ASKED_BY
from pos_project.core.http.fields import MoneyField


class CostHidden(DomainError):
    code = "cost_hidden"
    status = 403


class CostField(MoneyField):
    """An amount that tells what goods cost or what was earned on them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, **kwargs})

    def to_representation(self, value: Any) -> Any:
        request = self.context.get("request") or ASKED_BY.get()
        assert request is not None, self.field_name  # or nobody knows who is looking
        return super().to_representation(value) if may_see_cost(request.user) else None


def require_sight_of_cost(request: Request) -> None:
    """Raise CostHidden for what makes no sense without costs."""
    if not may_see_cost(request.user):
        raise CostHidden("Staff of this shop do not see cost and profit.")
