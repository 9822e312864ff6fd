"""History is added to: posted rows refuse any change but of their moving columns."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from model_bakery import baker

from ledger.numbering import number_documents
from pos_project.core.db.append_only import AppendOnly, HistoryIsAddedTo
from pos_project.core.db.rows import set_by_id
from pos_project.tests import shifts, shop, transfers
from reports.statements.cash_counting import Counted, count_cash
from sales.models import CustomerDue, Sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("history")]

POSTED = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
MOVING = {
    "Batch": {"remaining"},
    "CustomerDue": {"due_amount", "status"},
    "Purchase": {"paid_amount", "due_amount", "invoice_key"},
    "Sale": {"paid_amount", "due_amount", "refund_amount"},
    "SupplierDue": {"due_amount", "status"},
}


@pytest.fixture(scope="module")
def history(standing):
    standing(shop.a_days_work)
    standing(shop.a_debt_written_off)
    standing(lambda: count_cash(Counted(Decimal(1), reason="Counted"), by=shop.a_cashier()))
    standing(shifts.a_days_shifts)
    standing(transfers.a_days_transfers)
    standing(number_documents)
    standing(lambda: shop.a_count((shop.a_product(), 2)))
    standing(lambda: baker.make("accounts.LoginEvent"))


@pytest.fixture(params=POSTED, ids=lambda model: model.__name__)
def model(request):
    return request.param


def fixed_column(model):
    """A column that never changes: not the id, not a moving or generated one."""
    return next(
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.generated
        and field.attname not in model.MOVING_COLUMNS
    )


def test_only_the_listed_columns_ever_move():
    moving = {model.__name__: set(model.MOVING_COLUMNS) for model in POSTED}
    assert {name: columns for name, columns in moving.items() if columns} == MOVING


def test_a_posted_row_is_not_saved_again(model):
    row = model.objects.first()
    with pytest.raises(HistoryIsAddedTo):
        row.save()
    with pytest.raises(HistoryIsAddedTo):
        row.save(update_fields=[fixed_column(model)])


def test_a_posted_row_is_not_deleted(model):
    with pytest.raises(HistoryIsAddedTo):
        model.objects.first().delete()
    with pytest.raises(HistoryIsAddedTo):
        model.objects.all().delete()


def test_posted_rows_are_not_updated_in_bulk(model):
    row, column = model.objects.first(), fixed_column(model)
    value = getattr(row, column)
    with pytest.raises(HistoryIsAddedTo):
        model.objects.update(**{column: value})
    with pytest.raises(HistoryIsAddedTo):
        model.objects.bulk_update([row], [column])
    with pytest.raises(HistoryIsAddedTo):
        set_by_id(model, (column,), {row.pk: (value,)})


def test_a_new_object_with_an_old_id_does_not_overwrite_the_old_row(model):
    old = model.objects.first()
    values = {
        field.attname: getattr(old, field.attname)
        for field in model._meta.concrete_fields
        if not field.generated
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        model(**values).save()
    with pytest.raises(HistoryIsAddedTo):
        model.objects.bulk_create([model(**values)], update_conflicts=True)


def test_moving_columns_move():
    due = CustomerDue.objects.filter(status="open").first()
    CustomerDue.objects.filter(pk=due.pk).update(due_amount=Decimal("1.00"))
    due.refresh_from_db()
    assert due.due_amount == 1
    due.due_amount = Decimal("2.00")
    due.save(update_fields=["due_amount"])
    set_by_id(CustomerDue, ("due_amount", "status"), {due.pk: (Decimal(0), "paid")})
    due.refresh_from_db()
    assert (due.due_amount, due.status) == (0, "paid")


def test_a_moving_and_a_fixed_column_do_not_move_together():
    sale = Sale.objects.first()
    with pytest.raises(HistoryIsAddedTo):
        Sale.objects.filter(pk=sale.pk).update(paid_amount=Decimal(1), total_amount=Decimal(1))


def test_a_draft_may_change_and_a_completed_sale_may_not():
    held = Sale.objects.get(status="pending")
    sold = Sale.objects.filter(status="completed").first()
    assert Sale.objects.filter(pk=held.pk).update_draft(note="Hold") == 1
    assert Sale.objects.filter(pk=sold.pk).update_draft(note="Hold") == 0
    sold.refresh_from_db()
    assert sold.note is None


@pytest.mark.parametrize(
    "label",
    ["catalog.Product", "sales.Customer", "purchasing.Supplier", "accounts.User", "accounts.Store"],
)
def test_master_data_with_history_is_not_deleted(label):
    rows = apps.get_model(label).objects.all()
    with pytest.raises(models.ProtectedError):
        rows.delete()


def test_no_key_into_the_books_deletes_what_it_points_from():
    cascading = [
        str(field)
        for model in POSTED
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete is not models.PROTECT
    ]
    assert cascading == []
