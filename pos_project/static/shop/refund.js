// What the units come to, tax included, before the button is pressed.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("ask");
  const worth = document.getElementById("worth");
  const units = [...form.querySelectorAll("[name^=line_]")];
  let typing;

  const tell = async () => {
    const typed = new URLSearchParams(units.map(({ name, value }) => [name, value]));
    const answer = await fetch(`${location.pathname}?amount=1&${typed}`);
    const { amount, tax, due_reduced: off, paid_out: out } = answer.ok ? await answer.json() : {};
    worth.textContent = amount ? `Gives back ${amount}, tax in it ${tax}: ${off} off what is due, ${out} paid out` : "";
  };
  const later = () => {
    clearTimeout(typing);
    typing = setTimeout(tell, 150);
  };

  form.addEventListener("input", later);
  document.getElementById("all").addEventListener("click", () => {
    units.forEach((entry) => {
      entry.value = entry.dataset.most;
    });
    later();
  });
  tell();
});
