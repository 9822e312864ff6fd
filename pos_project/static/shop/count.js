// Counting with a scanner: stock, and what goes to other stores or comes from them. Each scan counts one
// more, or (without the tick) leads to the number, whose Enter leads back. A code that nobody knows is
// refused aloud and gets no line; where the lines are given (`only`), so is a product that is in none.
document.addEventListener("DOMContentLoaded", () => {
  const scan = document.getElementById("scan");
  const each = document.getElementById("each");
  const said = document.getElementById("said");
  const body = document.querySelector("#counts tbody");
  const count = document.getElementById("id_form-TOTAL_FORMS");
  const template = document.getElementById("empty-line");
  const { lookup, only, units = "counted" } = body.closest("table").dataset;
  let scanning = false;
  let last = Promise.resolve(); // scans are taken in their order, however quick they are

  const entries = () => [...body.querySelectorAll(`[name$=-${units}]`)];
  const codeOf = (row) => row.querySelector("[name$=-sku]").value.trim().toLowerCase();
  const lineOf = (code) => [...body.rows].find((row) => codeOf(row) === code.toLowerCase());
  const addLine = () => {
    body.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", count.value));
    count.value = Number(count.value) + 1;
    return body.rows[body.rows.length - 1];
  };
  const say = (text, isWrong) => {
    said.className = isWrong ? "shop-said shop-wrong" : "shop-said";
    said.setAttribute("role", isWrong ? "alert" : "status");
    said.textContent = text;
  };
  const refuse = (text) => say(text, true);

  const lineFor = async (code) => {
    const known = lineOf(code);
    if (known) return known;
    const answer = await fetch(`${lookup}?q=${encodeURIComponent(code)}`);
    if (!answer.ok) return refuse("The server does not answer: scan it again.");
    const { exact, products } = await answer.json();
    if (!exact) return refuse(`No product has the code ${code}. It was not counted.`);
    const [product] = products;
    if (!product.keeps_stock) return refuse(`${product.name} keeps no stock. It was not counted.`);
    if (only && !lineOf(product.sku)) return refuse(`${product.name} is not in ${only}. It was not counted.`);
    const line = lineOf(product.sku) || [...body.rows].find((row) => !codeOf(row)) || addLine();
    const sku = line.querySelector("[name$=-sku]");
    if (!sku.value) {
      sku.value = product.sku;
      sku.readOnly = true;
      const name = document.createElement("span");
      name.className = "shop-line-note";
      name.textContent = product.name;
      sku.after(name);
    }
    line.dataset.name = product.name;
    return line;
  };
  const take = async (code) => {
    const line = await lineFor(code);
    if (!line) return;
    const entry = line.querySelector(`[name$=-${units}]`);
    const name = line.dataset.name || line.cells[0].innerText.split("\n")[0] || code;
    if (each.checked) {
      entry.value = Number(entry.value) + 1;
      entry.dispatchEvent(new Event("change", { bubbles: true }));
      say(`${name}: ${entry.value}`);
      line.scrollIntoView({ block: "nearest" });
    } else {
      say(name);
      scanning = true;
      entry.focus();
      entry.select();
    }
  };

  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const code = scan.value.trim();
    scan.value = "";
    if (code) last = last.then(() => take(code));
  });
  each.addEventListener("change", () => scan.focus());
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const at = entries().indexOf(event.target);
    const beside = event.target.closest("td").nextElementSibling?.querySelector("input:not([type=hidden])");
    const next = at < 0 ? beside : entries()[at + 1];
    if (scanning || !next) scan.focus();
    else next.focus();
  });
  body.addEventListener("pointerdown", () => {
    scanning = false; // by hand, from line to line
  });
  document.getElementById("print")?.addEventListener("click", () => window.print());
  document.getElementById("all")?.addEventListener("click", () => {
    for (const entry of entries()) entry.value ||= entry.closest("tr").dataset.all;
    say("Every line that was empty has what the list says.");
  });
  scan.focus();
});
