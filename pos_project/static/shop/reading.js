// What the theme leaves out for those who listen to a page or have no mouse: where its parts begin,
// icons that are no words, and names for what has only an icon.
(() => {
  const NAMES = { dock_to_right: "Side bar", close: "Close", add: "Add", more_vert: "More", delete: "Remove", palette: "Look" };

  const name = (icon) => {
    const word = icon.textContent.trim();
    icon.setAttribute("aria-hidden", "true");
    const button = icon.closest("a, button, [x-on\\:click], [\\@click]");
    if (!button || button.getAttribute("aria-label")) return;
    if (button.textContent.replace(word, "").trim()) return;
    button.setAttribute("aria-label", button.title || NAMES[word] || word.replaceAll("_", " "));
    if (/^(A|BUTTON)$/.test(button.tagName)) return;
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    button.addEventListener("keydown", (event) => {
      if (!["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      button.click();
    });
  };
  const read = (part) => part.querySelectorAll(".material-symbols-outlined:not([aria-hidden])").forEach(name);

  document.addEventListener("DOMContentLoaded", () => {
    const content = document.getElementById("content");
    const bar = document.getElementById("header-inner");
    if (content) {
      content.setAttribute("role", "main");
      content.tabIndex = -1;
    }
    bar?.parentElement.setAttribute("role", "banner");
    document.querySelector("#nav-sidebar-inner")?.setAttribute("aria-label", "Side bar");
    document.querySelector("#nav-sidebar-inner .active")?.setAttribute("aria-current", "page");
    document.getElementById("search-input-command")?.setAttribute("aria-label", "Search");
    document.querySelectorAll("[x-on\\:click*=opencommand]").forEach((box) => {
      box.setAttribute("role", "button");
      box.setAttribute("aria-label", "Search products, invoices, customers (Ctrl+K)");
      box.tabIndex = 0;
      const words = box.querySelector(".truncate");
      if (words) words.textContent = "Search or scan";
      box.addEventListener("keydown", (event) => event.key === "Enter" && box.click());
    });
    read(document);
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => read(detail.target));
})();
