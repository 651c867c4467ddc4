// In a narrow window, and at 400 %, the list of pages and the search are behind two icons that
// Material makes of labels, which no key reaches. Here they become buttons; Escape closes the list.
document$.subscribe(() => {
  const names = { __drawer: "List of pages", __search: "Search" };
  for (const [id, name] of Object.entries(names)) {
    const button = document.querySelector(`.md-header__button[for="${id}"]`);
    const toggle = document.getElementById(id);
    if (!button || !toggle || button.role) continue;
    button.tabIndex = 0;
    button.role = "button";
    button.ariaLabel = name;
    button.ariaExpanded = String(toggle.checked);
    toggle.addEventListener("change", () => { button.ariaExpanded = String(toggle.checked); });
    button.addEventListener("keydown", (event) => {
      if (event.key !== " ") return; // Material clicks a label for Enter
      event.preventDefault();
      button.click();
    });
    if (id === "__drawer") addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !toggle.checked) return;
      toggle.click();
      button.focus();
    });
  }
});
