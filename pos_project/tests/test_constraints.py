"""What must never be true is refused by the database itself, whoever writes."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from model_bakery import baker

from inventory.models import InventoryLog
from ledger.closing_models import DocumentNumber
from ledger.expenses import Spending, record_expense
from ledger.models import TransactionId
from pos_project.core.days import today
from pos_project.core.models import IdempotentRequest, KeptList
from pos_project.tests import shifts, shop, transfers
from pos_project.tests.examples import examples
from purchasing.models import Purchase, Supplier
from reports.statements.cash_counting import Counted, count_cash
from sales.models import Sale

# Rows are broken on purpose here, below the triggers that would not let them be touched.
pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db]

F = models.F
CONSTRAINED = {
    constraint.name: model._meta.label
    for model in apps.get_models()
    for constraint in model._meta.constraints
    if not model._meta.app_label.startswith(("auth", "admin"))
}


@pytest.fixture(scope="module")
def books(guards_off, standing):
    standing(trade)


def trade():
    shop.a_days_work()
    shop.a_days_corrections()
    rahim = shop.a_customer()
    shop.open_due(rahim, 9)
    shop.credit(rahim, "bad_debt", 4, tax=Decimal(1))
    counted = Counted(Decimal(1), reason="Counted", banked=Decimal(1))
    count_cash(counted, by=shop.a_cashier())
    record_expense(
        Spending("Rent", Decimal(9), repeats=True),
        by=transfers.somebody_at(transfers.MAIN, "manager"),
    )
    shop.a_count((shop.a_product(), 2), (shop.a_product(), 0))
    shifts.a_days_shifts()
    transfers.a_days_transfers()
    shifts.a_closed_shift("Back")
    baker.make("catalog.TaxRate", name="VAT", rate=Decimal(15))
    baker.make("catalog.ComingPrice", price=Decimal(1), from_day="2026-12-01")
    baker.make("sales.CartItem", quantity=1, unit_price=Decimal(1))
    baker.make("inventory.StoreProduct", store_id=1)


def plain(label):
    """All rows of a model, without the models' own refusal to rewrite history."""
    return models.QuerySet(apps.get_model(label))


# constraint → what to try: the changes to one row of its table, and which row
BROKEN = [
    ("accounts_store_kind_known", {"kind": "kiosk"}, {}),
    ("accounts_store_price_changers_known", {"price_changers": "all"}, {}),
    ("accounts_store_reorder_level_not_negative", {"reorder_level": -1}, {}),
    ("accounts_store_reorder_quantity_positive", {"reorder_quantity": 0}, {}),
    ("accounts_store_staff_max_discount_is_a_percentage", {"staff_max_discount": 101}, {}),
    ("accounts_store_staff_max_refund_not_negative", {"staff_max_refund": -1}, {}),
    ("accounts_user_role_known", {"role": "owner"}, {}),
    ("accounts_user_status_known", {"status": "asleep"}, {}),
    ("catalog_taxrate_rate_is_a_percentage", {"rate": Decimal("100.01")}, {}),
    ("catalog_taxrate_rate_is_a_percentage", {"rate": Decimal("-0.01")}, {}),
    ("catalog_product_price_not_negative", {"price": Decimal("-0.01")}, {}),
    ("catalog_product_status_known", {"status": "asleep"}, {}),
    ("catalog_comingprice_not_negative", {"price": -1}, {}),
    ("catalog_product_reorder_level_not_negative", {"reorder_level": -1}, {}),
    ("catalog_product_reorder_quantity_positive", {"reorder_quantity": 0}, {}),
    ("inventory_storeproduct_reorder_level_not_negative", {"reorder_level": -1}, {}),
    ("inventory_storeproduct_reorder_quantity_positive", {"reorder_quantity": 0}, {}),
    ("catalog_product_listed_has_a_code", {"sku_key": None}, {"archived_at": None}),
    ("ledger_cashcount_counted_not_negative", {"counted": -1, "banked": 0}, {}),
    ("ledger_cashcount_banked_is_of_what_was_counted", {"banked": 2}, {}),
    ("ledger_cashcount_banked_is_of_what_was_counted", {"banked": -1}, {}),
    ("ledger_cashcount_banked_in_an_account", {"bank_account": None}, {}),
    ("ledger_cashmovement_amount_positive", {"amount": 0}, {}),
    (
        "ledger_cashmovement_goes_where_its_kind_says",
        {"account": None},
        {"kind": "to_bank"},
    ),
    (
        "ledger_cashmovement_goes_where_its_kind_says",
        {"expense": None},
        {"kind": "paid_out"},
    ),
    (
        "ledger_cashmovement_goes_where_its_kind_says",
        {"account": "BANK"},
        {"kind": "to_drawer"},
    ),
    ("ledger_shift_float_not_negative", {"opening_float": -1}, {}),
    ("ledger_shift_counted_not_negative", {"counted": -1}, {"status": "closed"}),
    ("ledger_shift_is_open_or_closed", {"z_number": None}, {"status": "closed"}),
    ("ledger_shift_is_open_or_closed", {"z_number": 0}, {"status": "closed"}),
    ("ledger_shift_is_open_or_closed", {"status": "closed"}, {"status": "open"}),
    ("ledger_shift_is_open_or_closed", {"open_till": None}, {"status": "open"}),
    ("ledger_shift_is_open_or_closed", {"status": "lost"}, {"status": "open"}),
    ("ledger_journalline_one_positive_side", {"debit": 5, "credit": 5}, {}),
    ("ledger_journalline_one_positive_side", {"debit": 0, "credit": 0}, {}),
    ("ledger_journalline_one_positive_side", {"debit": -5, "credit": 0}, {}),
    ("ledger_payment_amount_positive", {"amount": 0}, {}),
    ("ledger_payment_direction_known", {"direction": "up"}, {}),
    ("ledger_payment_party_matches", {"payment_party": "supplier"}, {"supplier": None}),
    (
        "ledger_payment_party_matches",
        {"payment_party": "customer"},
        {"customer": None, "sale": None},
    ),
    ("ledger_duecredit_sign_follows_reversal", {"amount": 0}, {}),
    ("ledger_duecredit_sign_follows_reversal", {"amount": -5}, {"reverses": None}),
    ("ledger_duecredit_sign_follows_reversal", {"tax": -5}, {"reverses": None}),
    ("ledger_duecredit_is_of_one_party_s_document", {"sale": None}, {"sale__isnull": False}),
    ("ledger_expense_sign_follows_reversal", {"amount": 0}, {}),
    ("ledger_expense_sign_follows_reversal", {"amount": -5}, {"reverses": None}),
    ("ledger_expense_sign_follows_reversal", {"amount": 5}, {"reverses__isnull": False}),
    ("ledger_expense_tax_is_part_of_it", {"tax": F("amount")}, {}),
    ("ledger_repeatingexpense_day_of_a_month", {"day": 0}, {}),
    ("ledger_repeatingexpense_day_of_a_month", {"day": 32}, {}),
    ("ledger_expense_tax_is_part_of_it", {"tax": -1}, {"reverses": None}),
    ("ledger_expense_tax_is_part_of_it", {"tax": 1}, {"reverses__isnull": False}),
    ("inventory_batch_remaining_within_quantity", {"remaining": F("quantity") + 1}, {}),
    ("inventory_batch_remaining_within_quantity", {"remaining": -1}, {}),
    ("inventory_batch_quantity_positive", {"quantity": 0, "remaining": 0}, {}),
    ("inventory_batch_cost_not_negative", {"unit_cost": Decimal("-0.0001")}, {}),
    ("inventory_inventorylog_moves_something", {"change_qty": 0}, {}),
    ("inventory_inventorylog_only_voids_void", {"kind": "void"}, {"kind": "sale"}),
    ("inventory_inventorylog_only_voids_void", {"kind": "sale"}, {"kind": "void"}),
    (
        "inventory_stockcountline_moves_what_differs",
        {"counted": F("expected")},
        {"log__isnull": False},
    ),
    ("inventory_stockcountline_moves_what_differs", {"counted": 99}, {"log__isnull": True}),
    ("inventory_transfer_between_two_stores", {"to_store": F("from_store")}, {}),
    ("inventory_transfer_is_where_its_status_says", {"sent_at": None}, {"status": "sent"}),
    ("inventory_transfer_is_where_its_status_says", {"status": "sent"}, {"status": "asked"}),
    ("inventory_transfer_is_where_its_status_says", {"ended_by": None}, {"status": "received"}),
    ("inventory_transfer_is_where_its_status_says", {"status": "lost"}, {"status": "asked"}),
    (
        "inventory_transfer_is_where_its_status_says",
        {"business_date": None},
        {"status": "cancelled"},
    ),
    (
        "inventory_transfer_turned_back_on_its_way",
        {"turned_back_by": F("asked_by"), "turned_back_at": F("asked_at"), "reason": "So"},
        {"status": "asked"},
    ),
    (
        "inventory_transfer_turned_back_on_its_way",
        {"reason": None},
        {"turned_back_at__isnull": False},
    ),
    ("inventory_transferline_units_not_negative", {"asked": 0}, {}),
    ("inventory_transferline_units_not_negative", {"sent": -1}, {"received": None}),
    (
        "inventory_transferline_damaged_are_of_those_that_came",
        {"damaged": F("received") + 1},
        {"reason__isnull": False},
    ),
    (
        "inventory_transferline_damaged_are_of_those_that_came",
        {"damaged": None},
        {"received__isnull": False},
    ),
    ("inventory_transferline_says_why_it_differs", {"reason": None}, {"damaged": 1}),
    ("inventory_transferlot_quantity_positive", {"quantity": 0}, {}),
    ("inventory_inventorylogbatch_moves_something", {"quantity": 0}, {}),
    ("sales_customer_status_known", {"status": "asleep"}, {}),
    ("sales_cartitem_quantity_positive", {"quantity": 0}, {}),
    ("sales_sale_total_adds_up", {"total_amount": F("total_amount") + Decimal("0.01")}, {}),
    (
        "sales_sale_discount_within_subtotal",
        {"discount": F("subtotal") + 1, "total_amount": F("tax") - 1},
        {"tax": 2},
    ),
    (
        "sales_sale_discount_within_subtotal",
        {"discount": -1, "total_amount": F("total_amount") + 1},
        {"discount": 0},
    ),
    ("sales_sale_amounts_not_negative", {"paid_amount": -1}, {}),
    ("sales_sale_amounts_not_negative", {"advance_used": -1}, {}),
    ("sales_sale_refunded_within_total", {"refund_amount": F("total_amount") + 1}, {}),
    ("sales_sale_due_needs_a_customer", {"due_amount": 1}, {"customer": None}),
    ("sales_sale_completed_is_numbered_and_dated", {"invoice_no": None}, {"status": "completed"}),
    (
        "sales_sale_completed_is_numbered_and_dated",
        {"business_date": None},
        {"status": "completed"},
    ),
    ("sales_sale_tax_rate_has_name_and_percent", {"tax_percent": 5}, {"tax_rate_id": None}),
    ("sales_sale_change_is_less_than_tendered", {"change_amount": -1}, {}),
    (
        "sales_sale_change_is_less_than_tendered",
        {"change_amount": F("tendered_amount") + 1},
        {"status": "completed"},
    ),
    ("sales_sale_status_known", {"status": "lost"}, {}),
    ("sales_saleitem_quantity_positive", {"quantity": 0}, {}),
    ("sales_saleitem_price_not_negative", {"unit_price": -1}, {}),
    ("sales_saleitembatch_sign_follows_refund", {"quantity": -1}, {"refund_item": None}),
    ("sales_saleitembatch_sign_follows_refund", {"quantity": 1}, {"quantity__lt": 0}),
    ("sales_salecogs_sign_follows_refund", {"total_cost": -1}, {"refund_item": None}),
    ("sales_salecogs_sign_follows_refund", {"quantity": 0}, {}),
    ("sales_customerdue_paid_exactly_at_zero", {"due_amount": 0}, {"status": "open"}),
    ("sales_customerdue_paid_exactly_at_zero", {"status": "paid"}, {"status": "open"}),
    (
        "sales_refund_is_due_cancelled_plus_cash_out",
        {"paid_out": F("paid_out") + Decimal("0.01")},
        {},
    ),
    (
        "sales_refund_amounts_not_negative",
        {"refund_amount": -1, "paid_out": -1, "due_reduced": 0},
        {},
    ),
    ("sales_refunditem_quantity_positive", {"quantity": 0}, {}),
    ("purchasing_purchase_total_is_paid_plus_due", {"due_amount": F("due_amount") + 1}, {}),
    ("purchasing_purchase_signs_follow_reversal", {"advance_used": -1}, {"reverses": None}),
    (
        "purchasing_purchase_signs_follow_reversal",
        {"advance_used": 1},
        {"reverses__isnull": False},
    ),
    (
        "purchasing_purchase_signs_follow_reversal",
        {"paid_amount": F("paid_amount") - 1, "due_amount": 1},
        {"reverses__isnull": False},
    ),
    (
        "purchasing_purchase_due_reduced_by_a_return",
        {"due_reduced": 1},
        {"reverses": None, "returns": None},
    ),
    *(
        (
            "purchasing_purchase_terms_not_negative",
            {name: -1},
            {"reverses": None, "returns": None},
        )
        for name in ("discount", "freight", "tax")
    ),
    ("purchasing_purchase_received_is_numbered", {"invoice_no": None}, {}),
    ("purchasing_purchaseitem_sign_follows_reversal", {"quantity": 0}, {}),
    ("purchasing_purchaseitem_sign_follows_reversal", {"quantity": -1}, {"reverses": None}),
    ("purchasing_purchaseitem_sign_follows_reversal", {"subtotal": 1}, {"quantity__lt": 0}),
    ("purchasing_purchaseitem_cost_not_negative", {"cost_price": -1}, {}),
    ("purchasing_supplierdue_paid_exactly_at_zero", {"due_amount": 0}, {"status": "open"}),
]


@pytest.mark.parametrize(("name", "changes", "which"), BROKEN)
def test_the_database_refuses_what_must_never_be_true(books, name, changes, which):
    label = CONSTRAINED[name]
    row = plain(label).filter(**which).order_by("id").first()
    assert row is not None, "a row to break"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        plain(label).filter(pk=row.pk).update(**changes)


def test_credit_is_no_way_of_paying():
    account = baker.make("ledger.LedgerAccount", code="CREDIT", number="9", kind="asset")
    with (
        pytest.raises(IntegrityError, match="ledger_paymentmethod_due_is_no_tender"),
        transaction.atomic(),
    ):
        apps.get_model("ledger.PaymentMethod").objects.create(
            code="due", name="Credit", account=account
        )


def a_second_entry_for_a_document():
    first, second = plain("ledger.JournalEntry").filter(event="sale").order_by("id")[:2]
    plain("ledger.JournalEntry").filter(pk=second.pk).update(document_id=first.document_id)


def a_suppliers_invoice_entered_twice():
    supplier = Supplier.objects.get(pk=Purchase.objects.get(invoice_no="PO-1").supplier_id)
    plain("purchasing.Purchase").filter(supplier=supplier, invoice_no="PO-2").update(
        invoice_key="po-1"
    )


def a_key_used_twice():
    kept = IdempotentRequest.objects.get()
    IdempotentRequest.objects.create(
        user_id=kept.user_id, key_hash=kept.key_hash, fingerprint="", created_at=timezone.now()
    )


def a_second_line_of_a_product_at_one_price():
    item = apps.get_model("sales.CartItem").objects.get()
    item.pk = None
    item.save()


def a_transaction_number_that_pays_twice():
    entry = plain("ledger.JournalEntry").first()
    for _ in range(2):
        TransactionId.objects.create(method_id="bkash", number_key="8n7a6k2", entry=entry)


def a_number(store_number, document_id):
    DocumentNumber.objects.create(
        store_id=1,
        number=store_number,
        kind="sale",
        document_id=document_id,
        total=1,
        business_date=today(),
        numbered_at=timezone.now(),
    )


def a_number_of_a_store_given_twice():
    a_number(1, 1)
    a_number(1, 2)


def a_document_numbered_twice():
    a_number(1, 1)
    a_number(2, 1)


def two_prices_of_a_product_from_one_day():
    planned = apps.get_model("catalog.ComingPrice").objects.get()
    planned.pk = None
    planned.save()


def a_product_that_a_store_speaks_of_twice():
    said = apps.get_model("inventory.StoreProduct").objects.get()
    said.pk = None
    said.save()


def filters_of_a_list_kept_twice_under_a_name():
    person = shop.a_cashier()
    for _ in range(2):
        KeptList.objects.create(user=person, page="sales.sale", name="Mine", kept="due=open")


def a_z_number_given_twice():
    first, second = plain("ledger.Shift").filter(status="closed").order_by("id")[:2]
    plain("ledger.Shift").filter(pk=second.pk).update(z_number=first.z_number)


def a_till_s_name_used_twice():
    first, second = plain("ledger.Till").order_by("id")[:2]
    plain("ledger.Till").filter(pk=second.pk).update(name_key=first.name_key)


def a_product_twice_in_a_transfer():
    first, second = plain("inventory.TransferLine").order_by("id")[:2]
    plain("inventory.TransferLine").filter(pk=second.pk).update(product=first.product_id)


def a_batch_twice_in_a_line():
    first, second = plain("inventory.TransferLot").order_by("id")[:2]
    same = {"line": first.line_id, "batch": first.batch_id}
    plain("inventory.TransferLot").filter(pk=second.pk).update(**same)


TWICE = {
    "inventory_transferline_product_once": a_product_twice_in_a_transfer,
    "inventory_transferlot_batch_once_per_line": a_batch_twice_in_a_line,
    "ledger_shift_z_number_once_per_store": a_z_number_given_twice,
    "ledger_till_name_once_per_store": a_till_s_name_used_twice,
    "inventory_storeproduct_once_per_store": a_product_that_a_store_speaks_of_twice,
    "catalog_comingprice_one_per_day": two_prices_of_a_product_from_one_day,
    "ledger_transactionid_pays_once": a_transaction_number_that_pays_twice,
    "ledger_documentnumber_once_per_store": a_number_of_a_store_given_twice,
    "ledger_documentnumber_one_per_document": a_document_numbered_twice,
    "ledger_journalentry_once_per_document": a_second_entry_for_a_document,
    "purchasing_purchase_invoice_unique_per_supplier": a_suppliers_invoice_entered_twice,
    "core_keptlist_one_of_a_name": filters_of_a_list_kept_twice_under_a_name,
    "core_idempotentrequest_once_per_user_and_key": a_key_used_twice,
    "sales_cartitem_one_line_per_product_and_price": a_second_line_of_a_product_at_one_price,
}


@pytest.mark.parametrize("name", TWICE)
def test_the_database_refuses_what_must_be_there_once(books, name):
    # SQLite names the columns of a unique constraint instead of its name.
    text = name if connection.vendor == "mysql" else "UNIQUE constraint failed"
    with pytest.raises(IntegrityError, match=text), transaction.atomic():
        TWICE[name]()


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("sales.Sale", "invoice_no"),
        ("sales.CustomerDue", "sale_id"),
        ("purchasing.SupplierDue", "purchase_id"),
        ("inventory.Batch", "purchase_item_id"),
    ],
)
def test_a_number_or_a_document_belongs_to_one_row(books, label, column):
    known = plain(label).exclude(**{column: None}).order_by("id")
    first, second = known[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        plain(label).filter(pk=second.pk).update(**{column: getattr(first, column)})


def test_a_movement_is_voided_once(books):
    first = InventoryLog.objects.get(kind="void")
    with pytest.raises(IntegrityError), transaction.atomic():
        InventoryLog.objects.create(
            **{
                field.attname: getattr(first, field.attname)
                for field in InventoryLog._meta.concrete_fields
                if not field.primary_key
            }
        )


@pytest.mark.parametrize(
    "label",
    [
        "ledger.JournalEntry",
        "ledger.Payment",
        "ledger.Expense",
        "purchasing.Purchase",
        "purchasing.PurchaseItem",
    ],
)
def test_a_row_is_reversed_once(books, label):
    again = plain(label).filter(reverses__isnull=False).order_by("id").last()
    again.pk, again._state.adding = None, True
    if label == "purchasing.Purchase":
        again.invoice_key = None
    text = "reverses_id" if connection.vendor == "mysql" else r"\.reverses_id"
    with pytest.raises(IntegrityError, match=text), transaction.atomic():
        again.save()


def test_every_constraint_of_ours_has_a_test_that_tries_to_break_it():
    tried = {name for name, *_ in BROKEN} | set(TWICE) | {"ledger_paymentmethod_due_is_no_tender"}
    assert tried == set(CONSTRAINED)


AMOUNTS = st.decimals("0", "99999999.99", places=2)


@examples()
@given(subtotal=AMOUNTS, tax=AMOUNTS, share=st.integers(0, 100))
def test_amounts_that_add_up_are_never_refused(subtotal, tax, share):
    """Decimals are floats on SQLite: the checks compare rounded sums."""
    discount = (subtotal * share / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    total = subtotal + tax - discount
    zero = Decimal(0)
    Sale.objects.create(
        store_id=1,
        user=shop.a_cashier(),
        subtotal=subtotal,
        tax=tax,
        discount=discount,
        total_amount=total,
        paid_amount=zero,
        due_amount=total,
        refund_amount=total,
        advance_used=zero,
        created_at=timezone.now(),
    )
    Purchase.objects.create(
        store_id=1,
        supplier=Supplier.objects.first() or shop.a_supplier(),
        user=shop.a_cashier(),
        purchase_date="2026-01-01",
        business_date="2026-01-01",
        total_amount=total,
        paid_amount=tax,
        due_amount=total - tax,
        advance_used=zero,
        payment_method="cash",
        created_at=timezone.now(),
    )
