// Counting with a scanner: a code leads to its line, or to a new one, and from there back to the code.
document.addEventListener("DOMContentLoaded", () => {
  const scan = document.getElementById("scan");
  const body = document.querySelector("#counts tbody");
  const count = document.getElementById("id_form-TOTAL_FORMS");
  const template = document.getElementById("empty-line");
  let scanning = false;

  const entries = () => [...body.querySelectorAll("[name$=-counted]")];
  const codeOf = (row) => row.querySelector("[name$=-sku]").value.trim().toLowerCase();
  const lineOf = (code) => {
    const rows = [...body.rows];
    const known = rows.find((row) => codeOf(row) === code.toLowerCase());
    const empty = rows.find((row) => !codeOf(row));
    if (known || empty) return known || empty;
    body.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", count.value));
    count.value = Number(count.value) + 1;
    return body.rows[body.rows.length - 1];
  };

  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const code = scan.value.trim();
    if (!code) return;
    const row = lineOf(code);
    const sku = row.querySelector("[name$=-sku]");
    if (!sku.value) sku.value = code;
    scan.value = "";
    scanning = true;
    const entry = row.querySelector("[name$=-counted]");
    entry.focus();
    entry.select();
  });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const next = entries()[entries().indexOf(event.target) + 1];
    if (scanning || !next) scan.focus();
    else next.focus();
  });
  body.addEventListener("pointerdown", () => {
    scanning = false; // by hand, from line to line
  });
  scan.focus();
});
