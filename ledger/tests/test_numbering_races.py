"""Two that number at once give each document one number, and no number twice.

The race runs twice: with the chain's lock, and as a control without it, where one is refused.
"""

from functools import partial
from typing import Any

import pytest

from accounts.models import Store
from ledger import numbering
from ledger.closing_models import DocumentNumber
from ledger.numbering import number_documents
from pos_project.tests import shop
from pos_project.tests.races import Meeting, at_once

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three_sales(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """Whoever has read what has no number waits for the other to have read it, too."""
    meeting = Meeting()
    for _ in range(3):
        shop.sell((shop.a_service(), 1))
    meeting.after(monkeypatch, numbering, "heads")
    return meeting


def test_two_that_number_at_once_number_each_document_once(three_sales: Meeting) -> None:
    done = at_once(number_documents, number_documents)
    assert not three_sales.met
    assert min(done) == 0
    numbers = DocumentNumber.objects.filter(store=Store.FIRST_ID).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2, 3]


def test_control_without_the_lock_both_would_give_the_same_numbers(
    three_sales: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "hold_chain", lambda *, exclusively: None)
    done: list[Any] = at_once(*[partial(numbering._number_some, None, {})] * 2)
    assert three_sales.met
    assert [each for each in done if isinstance(each, Exception)]
