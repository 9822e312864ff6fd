// A delivery by keyboard: what a code means shows when it is left, a part of a name is completed, and
// the lines are added up.
document.addEventListener("DOMContentLoaded", () => {
  const body = document.querySelector("#lines tbody");
  const total = document.getElementById("total");
  const goods = document.getElementById("goods");
  const { lookup } = body.closest("table").dataset;

  const part = (row, name) => row.querySelector(`[name$=-${name}]`);
  const below = (entry, kind) => {
    let note = entry.parentElement.querySelector(`.${kind}`);
    if (!note) {
      note = document.createElement("output");
      note.className = `shop-line-note ${kind}`;
      entry.after(note);
    }
    return note;
  };
  const cents = (row) => {
    const whole = part(row, "line_total").value;
    const exact = whole ? Number(whole) : Number(part(row, "quantity").value) * Number(part(row, "cost_price").value);
    return Math.round(exact * 100) || 0;
  };
  // What the paper says below its lines: what it adds to their sum.
  const belowLines = { id_discount: -1, id_freight: 1, id_tax: 1, id_rounding: 1 };
  const heads = Object.entries(belowLines).map(([id, sign]) => [document.getElementById(id), sign]);
  const money = (amount) => (amount / 100).toFixed(2);
  const addUp = () => {
    let sum = 0;
    for (const row of body.rows) {
      const amount = cents(row);
      sum += amount;
      if (amount) below(part(row, "cost_price"), "line-total").textContent = `= ${money(amount)}`;
    }
    for (const [entry, sign] of heads) sum += sign * Math.round(Number(entry.value) * 100) || 0;
    total.textContent = money(sum);
  };
  const find = async (words) => {
    const answer = await fetch(`${lookup}?q=${encodeURIComponent(words)}`);
    return answer.ok ? answer.json() : { exact: false, products: [] };
  };
  const isOf = (product, words) => product.name.toLowerCase() === words.toLowerCase();

  const name = async (entry) => {
    const words = entry.value.trim();
    const note = below(entry, "line-name");
    if (!words) {
      note.textContent = "";
      return;
    }
    const { products } = await find(words);
    if (entry.value.trim() !== words) return; // typed on meanwhile
    const [product] = products.length === 1 ? products : products.filter((each) => isOf(each, words));
    entry.toggleAttribute("aria-invalid", !product);
    if (!product) {
      note.textContent = products.length ? `${products.length} or more are called so: type more of it.` : "No product has this code or name.";
      return;
    }
    entry.value = product.sku;
    const last = product.last_cost === null ? "never bought" : `last cost ${product.last_cost}`;
    note.textContent = `${product.name} · ${last} · ${product.stock} in stock`;
    const cost = part(entry.closest("tr"), "cost_price");
    if (!cost.value && !part(entry.closest("tr"), "line_total").value && product.last_cost !== null) {
      cost.value = product.last_cost;
      if (document.activeElement === cost) cost.select(); // so that typing replaces it
    }
    addUp();
  };

  for (const [entry] of heads) entry.addEventListener("input", addUp);
  body.addEventListener("input", ({ target }) => {
    // Whoever types what all of a line costs means that, not the last cost that was filled in.
    if (target.name?.endsWith("-line_total") && target.value) part(target.closest("tr"), "cost_price").value = "";
  });
  let typing;
  body.addEventListener("input", (event) => {
    addUp();
    if (!event.target.name?.endsWith("-sku")) return;
    clearTimeout(typing);
    const words = event.target.value.trim();
    if (words.length < 2 || /^\d+$/.test(words)) return; // a scanner needs no suggestions
    typing = setTimeout(async () => {
      const { products } = await find(words);
      goods.replaceChildren(...products.map((each) => new Option(`${each.name} · ${each.sku}`, each.name)));
    }, 200);
  });
  body.addEventListener("focusin", ({ target }) => {
    if (target.name?.endsWith("-sku")) target.setAttribute("list", "goods");
    else if (target.name?.endsWith("-cost_price")) target.select();
  });
  body.addEventListener("focusout", ({ target }) => {
    if (target.name?.endsWith("-sku")) name(target);
  });
  body.querySelectorAll("[name$=-sku]").forEach((entry) => entry.value && name(entry));
  addUp();
});
