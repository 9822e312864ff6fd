// What the lines of a delivery come to.
document.addEventListener("DOMContentLoaded", () => {
  const body = document.querySelector("#lines tbody");
  const total = document.getElementById("total");

  const addUp = () => {
    let cents = 0;
    for (const row of body.rows) {
      const units = Number(row.querySelector("[name$=quantity]").value);
      const cost = Number(row.querySelector("[name$=cost_price]").value);
      cents += Math.round(units * cost * 100) || 0;
    }
    total.textContent = (cents / 100).toFixed(2);
  };

  body.addEventListener("input", addUp);
  addUp();
});
