"""Master data is what the audit says of it."""

from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import AuditEntry
from accounts.verification import confirm_email, verification_link
from catalog.models import Brand, TaxRate
from catalog.unique_names import remove_named
from ledger.chart_models import LedgerAccount
from pos_project.tests import shop
from reports.reconciliation.checks.audited import master_data_is_as_it_was_audited
from reports.reconciliation.scope import Scope
from reports.tests.a_shops_week import Week

pytestmark = pytest.mark.django_db


def red() -> list[str]:
    found = master_data_is_as_it_was_audited.search(Scope())
    return [f"{each.row}: {each.expected} → {each.found}" for _, each in found]


def by_hand(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def test_a_week_of_trade_and_changes_is_told_by_the_audit(standing: Callable[..., Week]) -> None:
    standing(Week)
    assert red() == []


def test_a_price_changed_past_the_shop_is_named() -> None:
    mug = shop.a_product("19.99")
    by_hand("UPDATE products SET price = 1.99 WHERE id = %s", mug.pk)
    assert red() == [f"products {mug.pk}, price: 19.99 → 1.99"]


def test_a_role_given_past_the_shop_is_named() -> None:
    rahim = shop.a_cashier("rahim")
    by_hand("UPDATE users SET role = 'admin' WHERE id = %s", rahim.pk)
    assert red() == [f"users {rahim.pk}, role: {rahim.role} → admin"]


def test_a_brand_deleted_or_made_past_the_shop_is_named() -> None:
    first, second = (Brand.objects.create(name=name) for name in ("Acme", "Zeta"))
    by_hand("DELETE FROM brands WHERE id = %s", second.pk)
    Brand.objects.bulk_create([Brand(pk=second.pk + 9, name="Yeti")])  # (audits nothing)
    assert red() == [
        f"brands {second.pk}: a row, as nobody deleted it → none",
        f"brands {second.pk + 9}: no row, as nobody made it → a row",
    ]
    assert first.pk < second.pk


def test_an_account_of_the_chart_is_compared_in_what_was_changed_since() -> None:
    """`migrate` made it, and wrote no entry."""
    cash = LedgerAccount.objects.get(pk="CASH")
    by_hand("UPDATE ledger_accounts SET name = 'Till' WHERE code = 'CASH'")
    assert red() == []
    cash.name = "Drawer"
    cash.save()
    by_hand("UPDATE ledger_accounts SET name = 'Till' WHERE code = 'CASH'")
    assert red() == ["ledger_accounts CASH, name: Drawer → Till"]


def test_a_rate_taken_from_archived_products_and_a_confirmed_address_are_audited() -> None:
    rate = TaxRate.objects.create(name="VAT", rate=Decimal(5))
    mug = shop.a_product(tax_rate=rate)
    mug.archive(keys=("sku_key",))
    remove_named(TaxRate, rate.pk)
    rahim = shop.a_cashier("rahim", verify=False)
    confirm_email(unquote(verification_link(rahim).split("token=")[1]))
    confirm_email(unquote(verification_link(rahim).split("token=")[1]))
    mug.refresh_from_db()
    rahim.refresh_from_db()
    assert (mug.tax_rate, rahim.verify) == (None, True)
    assert red() == []


def test_what_earlier_versions_wrote_past_the_audit_is_told_by_the_migration() -> None:
    tell = import_module("catalog.migrations.0009_what_the_audit_was_not_told").tell
    rate = TaxRate.objects.create(name="VAT", rate=Decimal(5))
    mug = shop.a_product("9.00", tax_rate=rate)
    rahim = shop.a_cashier("rahim", verify=False)
    by_hand("UPDATE products SET tax_rate_id = NULL, price = 1.99 WHERE id = %s", mug.pk)
    by_hand("UPDATE users SET verify = 1 WHERE id = %s", rahim.pk)
    assert len(red()) == 3
    tell(apps, None)
    assert red() == [f"products {mug.pk}, price: 9.00 → 1.99"]  # is for reconcile to name
    told = AuditEntry.objects.count()
    tell(apps, None)
    assert AuditEntry.objects.count() == told
