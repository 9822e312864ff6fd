// What was typed stays with the page: who comes Back to it, after a refusal or from elsewhere,
// finds it again. The browser keeps it for this entry of its history alone.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[name=form_key]")?.form;
  if (!form) return;
  const never = ["file", "password", "submit", "button"];
  const fields = () =>
    [...form.elements].filter(({ name, type }) => name && name !== "csrfmiddlewaretoken" && !never.includes(type));
  const asShown = ({ name, type, value, checked, selectedOptions }) => ({
    name,
    value,
    checked,
    text: type === "select-one" && selectedOptions[0] ? selectedOptions[0].text : "",
  });
  const keep = () => history.replaceState({ ...history.state, typed: fields().map(asShown) }, "");
  const addLines = (typed) => {
    const count = form.elements["form-TOTAL_FORMS"];
    const wanted = typed.find(({ name }) => name === "form-TOTAL_FORMS");
    const template = document.getElementById("empty-line");
    if (!count || !wanted || !template) return;
    for (; Number(count.value) < Number(wanted.value); count.value = Number(count.value) + 1) {
      const line = template.innerHTML.replaceAll("__prefix__", count.value);
      form.querySelector("#lines tbody, #counts tbody").insertAdjacentHTML("beforeend", line);
    }
  };
  const show = (typed) => {
    addLines(typed);
    const shown = fields();
    // A list whose rows are others by now is left as it is.
    const ids = shown.filter(({ name }) => /-id$/.test(name));
    if (ids.some(({ name, value }) => !typed.some((each) => each.name === name && each.value === value))) return;
    typed.forEach(({ name, value, checked, text }, place) => {
      const sameName = shown.filter((entry) => entry.name === name);
      const nth = typed.slice(0, place).filter((each) => each.name === name).length;
      const entry = sameName[nth];
      if (!entry) return;
      if (["checkbox", "radio"].includes(entry.type)) entry.checked = checked;
      else {
        if (text && ![...entry.options].some((option) => option.value === value))
          entry.add(new Option(text, value));
        entry.value = value;
      }
    });
    shown.forEach((entry) => entry.dispatchEvent(new Event("input", { bubbles: true })));
    shown
      .filter((entry) => entry.tagName === "SELECT")
      .forEach((entry) => entry.dispatchEvent(new Event("change", { bubbles: true })));
  };

  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "back_forward" && history.state?.typed) show(history.state.typed);
  form.addEventListener("change", keep);
  form.addEventListener("submit", keep);
});
