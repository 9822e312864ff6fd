"""Ways of breaking what the whole house keeps, by invariant."""

from reports.reconciliation.tests.corruption.by_hand import Breaking, batch_of, change, first, named

BROKEN: dict[str, list[Breaking]] = {
    "master_data_is_as_it_was_audited": [
        lambda w: "products {}, price: expected 9.99".format(
            change("products", w.tea.pk, "price = 1.99")
        ),
        first("suppliers", "1 = 1", "id = id + 1000", "suppliers {}: expected a row"),
    ],
    "kept_requests_have_answers": [
        first("idempotent_requests", "1 = 1", "body = NULL", "request {} of user"),
    ],
    "keys_point_at_rows": [
        named("sales", "sales {}, customer_id", lambda w: w.credit_sale.pk, "customer_id = 98765"),
        named("batches", "batches {}, product_id", lambda w: batch_of(w.tea), "product_id = 98765"),
    ],
    "unique_keys_fold_their_text": [
        named(
            "products",
            "products {}, sku_key: expected tea-1, found x",
            lambda w: w.tea.pk,
            "sku_key = 'x'",
        ),
        first(
            "products",
            "sku = 'TEA-0'",
            "sku_key = 'tea-0'",
            "products {}, sku_key: expected None, found tea-0",
        ),
        named("users", "users {}, email_key", lambda w: w.cashier.pk, "email_key = NULL"),
        named(
            "purchases",
            "purchases {}, invoice_key",
            lambda w: w.owed_purchase.pk,
            "invoice_key = 'another'",
        ),
    ],
    "barcodes_have_their_rows": [
        named(
            "products",
            "products {}, barcodes: expected 40063, found ",
            lambda w: w.tea.pk,
            "barcodes = '40063'",
        ),
    ],
    "search_texts_spell_their_columns": [
        named("products", "products {}, search_text", lambda w: w.tea.pk, "name = 'Green tea'"),
        named("users", "users {}, search_text", lambda w: w.cashier.pk, "search_text = ''"),
        first("customers", "1 = 1", "phone = '0171'", "customers {}, search_text"),
        first("suppliers", "1 = 1", "email = 'a@b.example'", "suppliers {}, search_text"),
    ],
}
