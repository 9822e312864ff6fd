// A Bengali keyboard types Bengali digits; fields of numbers, days and phones take them as 0 to 9.
(() => {
  const FIGURES =
    "input[type=number], input[inputmode=numeric], input[inputmode=decimal], input[name$=quantity], " +
    ".vDateField, .vCustomDateField, input[name$=phone], input[name=whatsapp]";
  const western = (text) => text.replace(/[০-৯]/g, (digit) => digit.charCodeAt(0) - 0x9e6);

  const insert = (event, text) => {
    if (!text || western(text) === text || !event.target.matches?.(FIGURES)) return;
    event.preventDefault();
    // The one way that works in fields of type number, and that can be undone.
    document.execCommand("insertText", false, western(text));
  };

  document.addEventListener("beforeinput", (event) => insert(event, event.data));
  document.addEventListener("paste", (event) => insert(event, event.clipboardData?.getData("text")));
})();
