"""Reports in the back office: the API's figures as pages and files."""

import pytest
from django.test import Client
from django.urls import reverse

from pos_project.back_office.reports.catalogue import REPORTS
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_opens(office: Client, name: str) -> None:
    shop.a_days_work()
    for more in ("", "csv", "xlsx", "pdf"):
        a = office.get(reverse(f"report-{name}"), {"format": more})
        assert a.status_code == 200, (more, a.content.decode()[:3000])
        body = b"".join(a)
        assert body
