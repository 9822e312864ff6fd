"""A till's errand with the client that openapi-generator makes for Python (`shop`)."""

import os
import uuid

import shop

SHOP = os.environ["SHOP"]

anybody = shop.ApiClient(shop.Configuration(host=SHOP))
code = None
try:
    wrong = shop.LoginInRequest(email="admin@gmail.com", password="not this one")
    shop.AuthApi(anybody).auth_login(wrong)
except shop.exceptions.UnauthorizedException as refused:
    code = refused.data.code
assert code == "invalid_credentials"

session = shop.AuthApi(anybody).auth_login(
    shop.LoginInRequest(email="admin@gmail.com", password="admin123")
)
till = shop.ApiClient(shop.Configuration(host=SHOP, access_token=session.access_token))

found = shop.ProductsApi(till).products_list(search="tea", limit=1)
assert found.pagination.pages == 1
[product] = found.data

key = str(uuid.uuid4())
cart = shop.CheckoutInRequest(
    items=[shop.SaleLineInRequest(product_id=product.id, quantity=1)],
    payment_method="cash",
    paid_amount=product.price,
)
sales = shop.SalesApi(till)
first = sales.sales_checkout_with_http_info(cart, idempotency_key=key)
again = sales.sales_checkout_with_http_info(cart, idempotency_key=key)
assert first.data == again.data
assert again.headers["Idempotent-Replayed"] == "true"

refund = shop.RefundsApi(till).refunds_create(
    shop.RefundInRequest(sale_id=first.data.sale_id), idempotency_key=f"{key}-back"
)
assert refund.refund_amount == product.price
print("sold and refunded:", first.data.sale_id)  # noqa: T201  (the test reads it)
