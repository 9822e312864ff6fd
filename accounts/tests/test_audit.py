"""The audit: who changed what, from where, before and after; added to, never edited."""

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts import audit
from accounts.models import AuditEntry, User
from catalog.models import Product
from conftest import make_user
from pos_project.core.db.append_only import HistoryIsAddedTo
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def newest() -> AuditEntry:
    entry = AuditEntry.objects.first()
    assert entry is not None
    return entry


def test_a_price_changed_over_the_api_names_who_where_before_and_after(
    as_staff: APIClient, staff: User
) -> None:
    shirt = shop.a_product("19.99")

    answer = as_staff.put(
        f"/api/products/{shirt.pk}", {"price": "21.50"}, REMOTE_ADDR="203.0.113.7"
    )

    assert answer.status_code == 200
    entry = newest()
    assert entry.changes == {"price": ["19.99", "21.50"]}
    assert (entry.actor, entry.remote_addr) == (staff, "203.0.113.7")
    assert entry.object_id == shirt.pk


def test_a_change_that_is_refused_leaves_no_entry(as_staff: APIClient) -> None:
    shirt, cap = shop.a_product(sku="A-1"), shop.a_product(sku="B-1")
    before = AuditEntry.objects.count()

    assert as_staff.put(f"/api/products/{cap.pk}", {"sku": "a-1"}).status_code == 409

    assert shirt.sku == "A-1"
    assert AuditEntry.objects.count() == before


def test_a_role_change_is_told_and_a_password_is_not(as_admin: APIClient, staff: User) -> None:
    answer = as_admin.put(
        f"/api/users/{staff.pk}", {"role": "manager", "password": "another-good-one"}
    )

    assert answer.status_code == 200
    changes = newest().changes
    assert changes["role"] == ["staff", "manager"]
    assert "another-good-one" not in str(changes)
    assert set(changes["password"]) <= {"••••", "None"}


def test_a_command_is_nobody(db: None) -> None:
    shop.a_product()

    assert (newest().actor, newest().remote_addr) == (None, None)


def test_an_export_is_told(db: None) -> None:
    audit.exported(Product, rows=12, kind="csv")

    entry = newest()
    assert entry.action == AuditEntry.Action.ACCESS
    assert entry.additional_data == {"rows": 12, "format": "csv"}
    assert str(entry.object_repr) == "12 products as csv"


def test_whoever_stands_in_the_audit_is_archived_not_deleted(
    as_admin: APIClient, as_staff: APIClient, staff: User
) -> None:
    shirt = shop.a_product()
    as_staff.put(f"/api/products/{shirt.pk}", {"price": 3})

    assert as_admin.delete(f"/api/users/{staff.pk}").status_code == 200

    assert User.objects.get(pk=staff.pk).archived_at is not None


def test_one_without_history_goes_and_the_audit_keeps_who_it_was(as_admin: APIClient) -> None:
    gone = make_user("staff", email="gone@shop.example")

    assert as_admin.delete(f"/api/users/{gone.pk}").status_code == 200

    assert not User.objects.filter(pk=gone.pk, archived_at=None).exists()
    told = AuditEntry.objects.filter(object_id=gone.pk, content_type__model="user")
    assert told.filter(action=AuditEntry.Action.CREATE).exists()
    assert told.count() >= 2


def test_the_librarys_own_command_cannot_empty_the_audit(db: None) -> None:
    shop.a_product()

    with pytest.raises(HistoryIsAddedTo):
        call_command("auditlogflush", "--yes")

    assert AuditEntry.objects.exists()


def test_selling_writes_no_audit(db: None) -> None:
    shirt = shop.a_product()
    shop.stock(shirt, 5)
    shop.a_cashier()
    before = AuditEntry.objects.count()

    shop.sell((shirt, 1))

    assert AuditEntry.objects.count() == before
