// A till's errand with the types that openapi-typescript makes (`./shop`), by openapi-fetch.
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { paths } from "./shop";

const baseUrl = process.env.SHOP;

async function main(): Promise<void> {
  const anybody = createClient<paths>({ baseUrl });
  const email = "admin@gmail.com";
  const refused = await anybody.POST("/api/auth/login", {
    body: { email, password: "not this one" },
  });
  assert.equal(refused.error?.code, "invalid_credentials");

  const session = await anybody.POST("/api/auth/login", { body: { email, password: "admin123" } });
  assert(session.data);
  const headers = { Authorization: `Bearer ${session.data.accessToken}` };
  const till = createClient<paths>({ baseUrl, headers });

  const found = await till.GET("/api/products", {
    params: { query: { search: "tea", limit: 1 } },
  });
  assert.equal(found.data?.pagination.pages, 1);
  const [product] = found.data.data;

  const key = randomUUID();
  const asked = {
    params: { header: { "Idempotency-Key": key } },
    body: {
      items: [{ product_id: product.id, quantity: 1 }],
      payment_method: "cash",
      paid_amount: product.price,
    },
  };
  const first = await till.POST("/api/sales/checkout", asked);
  const again = await till.POST("/api/sales/checkout", asked);
  assert(first.data);
  assert.deepEqual(again.data, first.data);
  assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");

  const refund = await till.POST("/api/refunds", {
    params: { header: { "Idempotency-Key": `${key}-back` } },
    body: { sale_id: first.data.sale_id },
  });
  assert.equal(refund.data?.refund_amount, product.price);
  console.log("sold and refunded:", first.data.sale_id);
}

main();
