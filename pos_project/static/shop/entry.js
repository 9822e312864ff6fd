// Debits and credits of an entry's lines, and by how much they still differ.
document.addEventListener("DOMContentLoaded", () => {
  const body = document.querySelector("#lines tbody");
  const difference = document.getElementById("difference");

  const cents = (side) =>
    [...body.querySelectorAll(`[name$=${side}]`)].reduce(
      (sum, entry) => sum + (Math.round(Number(entry.value) * 100) || 0),
      0,
    );
  const text = (amount) => (amount / 100).toFixed(2);
  const addUp = () => {
    const [debits, credits] = [cents("debit"), cents("credit")];
    document.getElementById("debits").textContent = text(debits);
    document.getElementById("credits").textContent = text(credits);
    const { even, differs } = difference.dataset;
    const more = debits > credits ? "debit" : "credit";
    difference.textContent =
      debits === credits ? (debits ? even : "") : `${differs}: ${text(Math.abs(debits - credits))} more ${more}`;
  };

  body.addEventListener("input", addUp);
  addUp();
});
