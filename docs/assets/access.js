// In a narrow window, and at 400 %, the list of pages and the search are behind two icons that
// Material makes of labels, which no key reaches. Here they become buttons; Escape closes the list.
document$.subscribe(() => {
  const names = { __drawer: "List of pages", __search: "Search" };
  for (const [id, name] of Object.entries(names)) {
    const label = document.querySelector(`label.md-header__button[for="${id}"]`);
    const toggle = document.getElementById(id);
    if (!label || !toggle) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = label.className;
    button.setAttribute("for", id); // Material's style sheet shows and hides it by this
    button.ariaLabel = name;
    button.ariaExpanded = String(toggle.checked);
    button.append(...label.childNodes);
    label.replaceWith(button);
    toggle.addEventListener("change", () => { button.ariaExpanded = String(toggle.checked); });
    button.addEventListener("click", () => toggle.click());
    if (id === "__drawer") addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !toggle.checked) return;
      toggle.click();
      button.focus();
    });
  }
});
