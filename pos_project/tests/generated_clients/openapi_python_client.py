"""A till's errand with the client that openapi-python-client makes (`shop`)."""

import os
import uuid

from shop.api.auth import auth_login
from shop.api.products import products_list
from shop.api.refunds import refunds_create
from shop.api.sales import sales_checkout
from shop.client import AuthenticatedClient, Client
from shop.models import (
    CheckoutInRequest,
    CheckoutOut,
    ErrorBody,
    LoginInRequest,
    PaginatedProductOutList,
    RefundedOut,
    RefundInRequest,
    SaleLineInRequest,
    SessionOut,
)

SHOP = os.environ["SHOP"]

anybody = Client(base_url=SHOP, raise_on_unexpected_status=True)
wrong = LoginInRequest(email="admin@gmail.com", password="not this one")
refused = auth_login.sync(client=anybody, body=wrong)
assert isinstance(refused, ErrorBody)
assert refused.code == "invalid_credentials", refused

mine = LoginInRequest(email="admin@gmail.com", password="admin123")
session = auth_login.sync(client=anybody, body=mine)
assert isinstance(session, SessionOut)
till = AuthenticatedClient(
    base_url=SHOP, token=session.access_token, raise_on_unexpected_status=True
)

found = products_list.sync(client=till, search="tea", limit=1)
assert isinstance(found, PaginatedProductOutList)
assert found.pagination.pages == 1
[product] = found.data

key = str(uuid.uuid4())
cart = CheckoutInRequest(
    items=[SaleLineInRequest(product_id=product.id, quantity=1)],
    payment_method="cash",
    paid_amount=product.price,
)
first = sales_checkout.sync_detailed(client=till, body=cart, idempotency_key=key)
again = sales_checkout.sync_detailed(client=till, body=cart, idempotency_key=key)
assert isinstance(first.parsed, CheckoutOut)
assert first.parsed == again.parsed
assert again.headers["Idempotent-Replayed"] == "true"

refund = refunds_create.sync(
    client=till, body=RefundInRequest(sale_id=first.parsed.sale_id), idempotency_key=f"{key}-back"
)
assert isinstance(refund, RefundedOut)
assert refund.refund_amount == product.price
print("sold and refunded:", first.parsed.sale_id)  # noqa: T201  (the test reads it)
