// Paying dues: the amount follows what is ticked, until somebody types one.
document.addEventListener("DOMContentLoaded", () => {
  const amount = document.querySelector("#ask [name=amount]");
  const boxes = [...document.querySelectorAll("#ask [name=documents]")];
  if (!amount || !boxes.length) return;
  const all = amount.value;
  let typed = false;
  amount.addEventListener("input", () => { typed = true; });
  const open = (box) => Math.round(100 * Number(box.closest("label").textContent.split("·").pop().replace(/,/g, "").trim()));
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (typed) return;
      const ticked = boxes.filter((each) => each.checked);
      amount.value = ticked.length ? (ticked.reduce((sum, each) => sum + open(each), 0) / 100).toFixed(2) : all;
    });
  }
});
