// What shops should get: Enter goes on to the next number, and the total follows what is typed.
document.addEventListener("DOMContentLoaded", () => {
  const total = document.getElementById("total");
  const numbers = [...document.querySelectorAll("#lines input:not([type=hidden])")];
  if (!total) return;

  const add = () => {
    const units = numbers.reduce((sum, field) => sum + (Number(field.value) || 0), 0);
    total.value = units.toLocaleString("en");
  };

  numbers.forEach((field, at) => {
    field.addEventListener("input", add);
    field.addEventListener("focus", () => field.select()); // what is typed takes its place
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      (numbers[at + 1] || document.querySelector("#ask [name=note]")).focus();
    });
  });
  add();
});
