// The lines of a document: Enter goes on to the next field, and past the last one to a new line.
document.addEventListener("DOMContentLoaded", () => {
  const body = document.querySelector("#lines tbody");
  const count = document.getElementById("id_form-TOTAL_FORMS");
  const template = document.getElementById("empty-line");

  const addLine = () => {
    const number = Number(count.value);
    body.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", number));
    count.value = number + 1;
    body.rows[body.rows.length - 1].querySelector("input, select").focus();
  };

  document.getElementById("add-line").addEventListener("click", addLine);
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return; // a scanner ends with Enter
    event.preventDefault();
    const fields = [...body.querySelectorAll("input:not([type=hidden]), select")];
    // A field that stands for another one is passed by where that is filled; Tab reaches it.
    const isSaid = (field) =>
      field.dataset.insteadOf && field.closest("tr").querySelector(`[name$=-${field.dataset.insteadOf}]`).value;
    const next = fields.slice(fields.indexOf(event.target) + 1).find((field) => !isSaid(field));
    if (next) next.focus();
    else addLine();
  });
});
