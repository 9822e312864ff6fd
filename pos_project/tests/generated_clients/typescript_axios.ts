// A till's errand with the client that openapi-generator makes for TypeScript and axios (`./shop`).
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { isAxiosError } from "axios";
import {
  AuthApi,
  Configuration,
  type CheckoutInRequest,
  type ErrorBody,
  ProductsApi,
  RefundsApi,
  SalesApi,
} from "./shop";

const basePath = process.env.SHOP;

async function main(): Promise<void> {
  const anybody = new AuthApi(new Configuration({ basePath }));
  const email = "admin@gmail.com";
  try {
    await anybody.authLogin({ loginInRequest: { email, password: "not this one" } });
    assert.fail("Signed in with a wrong password.");
  } catch (refused) {
    assert(isAxiosError<ErrorBody>(refused), String(refused));
    assert.equal(refused.response?.data.code, "invalid_credentials");
  }

  const loginInRequest = { email, password: "admin123" };
  const { accessToken } = (await anybody.authLogin({ loginInRequest })).data;
  const till = new Configuration({ basePath, accessToken });

  const found = (await new ProductsApi(till).productsList({ search: "tea", limit: 1 })).data;
  assert.equal(found.pagination.pages, 1);
  const [product] = found.data;

  const idempotencyKey = randomUUID();
  const checkoutInRequest: CheckoutInRequest = {
    items: [{ product_id: product.id, quantity: 1 }],
    payment_method: "cash",
    paid_amount: product.price,
  };
  const sales = new SalesApi(till);
  const first = await sales.salesCheckout({ checkoutInRequest, idempotencyKey });
  const again = await sales.salesCheckout({ checkoutInRequest, idempotencyKey });
  assert.deepEqual(again.data, first.data);
  assert.equal(again.headers["idempotent-replayed"], "true");

  const refund = await new RefundsApi(till).refundsCreate({
    refundInRequest: { sale_id: first.data.sale_id },
    idempotencyKey: `${idempotencyKey}-back`,
  });
  assert.equal(refund.data.refund_amount, product.price);
  console.log("sold and refunded:", first.data.sale_id);
}

main();
