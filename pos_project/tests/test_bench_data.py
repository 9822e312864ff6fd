"""The made-up shop that the program is measured with obeys every law of a real one."""

import pytest
from django.utils import timezone

from pos_project.bench import generate
from reports.laws import CHECKS
from reports.reconcile import examine
from sales.models import Refund, Sale

pytestmark = pytest.mark.django_db


def test_the_made_up_shop_breaks_no_law() -> None:
    filled = generate.fill(sales=1_200, now=timezone.now())

    assert [str(v) for verdict in examine(CHECKS) for v in verdict.violations[:3]] == []
    assert Sale.objects.completed().count() == filled.sales == 1_200
    assert Refund.objects.exists()
