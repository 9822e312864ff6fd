"""Nothing of what a shop has traded changes unseen while its day is open."""

from collections.abc import Callable

import pytest

from reports.reconciliation.tests.forgery.every_cell import unseen_and_not_listed
from reports.reconciliation.tests.forgery.shops import OpenShop

pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db, pytest.mark.dear]


@pytest.fixture(scope="module")
def traded(guards_off: None, standing: Callable[..., OpenShop]) -> OpenShop:
    return standing(OpenShop)


def test_each_cell_of_each_table_is_caught_refused_or_listed(traded: OpenShop) -> None:
    assert unseen_and_not_listed(traded) == {}
