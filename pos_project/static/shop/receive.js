// The lines of a delivery: one more when asked for or when Enter is hit in the last, and their total.
document.addEventListener("DOMContentLoaded", () => {
  const body = document.querySelector("#lines tbody");
  const total = document.getElementById("total");
  const count = document.getElementById("id_form-TOTAL_FORMS");
  const template = document.getElementById("empty-line");

  const addUp = () => {
    let cents = 0;
    for (const row of body.rows) {
      const units = Number(row.querySelector("[name$=quantity]").value);
      const cost = Number(row.querySelector("[name$=cost_price]").value);
      cents += Math.round(units * cost * 100) || 0;
    }
    total.textContent = (cents / 100).toFixed(2);
  };
  const addLine = () => {
    const number = Number(count.value);
    body.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", number));
    count.value = number + 1;
    body.rows[body.rows.length - 1].querySelector("[name$=sku]").focus();
  };

  document.getElementById("add-line").addEventListener("click", addLine);
  body.addEventListener("input", addUp);
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return; // a scanner ends with Enter: on to the next field
    event.preventDefault();
    const fields = [...body.querySelectorAll("input")];
    const next = fields[fields.indexOf(event.target) + 1];
    if (next) next.focus();
    else addLine();
  });
  addUp();
});
