// Where a form begins: at what is wrong with it, else in its first field.
document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.getElementById("wrong");
  const focusable = (field) =>
    field?.classList.contains("select2-hidden-accessible")
      ? field.parentElement.querySelector(".select2-selection")
      : field;

  wrong?.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    focusable(field).focus();
    field.closest("tr, div").scrollIntoView({ block: "center" });
  });
  // After the theme has put its own fields in their places.
  setTimeout(() => {
    if (document.activeElement !== document.body) return;
    if (wrong) wrong.focus();
    else focusable(document.querySelector("#ask input:not([type=hidden]), #ask select, #ask textarea"))?.focus();
  });
});
