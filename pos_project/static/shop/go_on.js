// Closing many days: the next ones are closed by themselves, until the page is left.
window.addEventListener("load", () => {
  const button = document.querySelector("#ask button[name=go]");
  if (document.getElementById("goes-on")) setTimeout(() => button.click(), 300);
});
