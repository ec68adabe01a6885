// Comforts only: every page works without this file.
(function () {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);

  // Menus (details) close when one clicks elsewhere, presses Escape, or opens another.
  function closeMenus(except) {
    for (const menu of all("details[data-menu][open]")) if (menu !== except) menu.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches("details[data-menu]") || !menu.open) return;
    closeMenus(menu);
    const search = menu.querySelector("input[type=search]");
    if (search) search.focus();
  }, true);

  // Arrow keys walk through an open menu.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const menu = event.target.closest("details[data-menu][open]");
    if (!menu) return;
    const stops = [...menu.querySelectorAll("summary, input[type=search], a[href], button")];
    const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { next.focus(); event.preventDefault(); }
  });

  // A form is sent once: the second press of an impatient hand does nothing. Coming back undoes it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });

  // Copy buttons appear where copying is possible.
  function ready() {
    for (const mistakes of all("[data-focus]")) mistakes.focus();
    for (const button of all("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
    if (!navigator.clipboard) return;
    for (const button of all("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        const said = document.createElement("span");
        said.className = "faint";
        said.setAttribute("role", "status");
        said.textContent = button.dataset.copied;
        button.after(said);
        setTimeout(() => said.remove(), 1600);
      });
    }
  }
  document.addEventListener("DOMContentLoaded", ready);

  // A passkey that was refused or cancelled: say so on the page (the sentence waits in it, hidden).
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const sentence of all("[data-passkey-error]")) sentence.hidden = false;
  });

  // "/" goes to the search box, as in other tools, unless one is typing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("main .search input[type=search]");
    if (box) { box.focus(); event.preventDefault(); }
  });
})();
