// Ctrl+K opens the search wherever one is. Enter, before anything is chosen, goes to what was typed:
// a scanner is quicker than the list of suggestions.
(() => {
  const entry = () => document.getElementById("search-input-command");

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    if (!/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return; // the theme does it
    event.preventDefault();
    window.dispatchEvent(new CustomEvent("opencommand"));
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.target !== entry()) return;
      const words = event.target.value.trim();
      const isFresh = document.getElementById("command-results").dataset.words === words;
      if (!words || (isFresh && document.querySelector("#command-results-list .active"))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      location.assign(`${event.target.getAttribute("hx-get").split("?")[0]}?s=${encodeURIComponent(words)}`);
    },
    true,
  );
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id !== "command-results") return;
    detail.target.dataset.words = new URL(detail.xhr.responseURL).searchParams.get("s").trim();
  });
})();
