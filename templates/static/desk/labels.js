/* What Django's admin leaves out for those who work by keyboard or do not see the page. */
"use strict";

(() => {
  // Select2 does not take over the label of its field.
  function nameBoxes() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const box = select.nextElementSibling?.querySelector("[role=combobox]");
      if (!label || !box) continue;
      label.id ||= `${select.id}-label`;
      for (const part of [box, ...box.querySelectorAll("[role=textbox], [role=searchbox]")]) {
        part.setAttribute("aria-labelledby", label.id);
      }
      // Its list of what is chosen holds more than list items.
      box.querySelector("ul")?.setAttribute("role", "presentation");
    }
  }
  // What scrolls sideways can be reached and scrolled by keyboard too.
  for (const group of document.querySelectorAll(".inline-group, .results")) {
    if (group.scrollWidth > group.clientWidth) group.tabIndex = 0;
  }
  // Boxes are made after the page is ready, by inline forms that are added, and anew with each choice.
  if (document.querySelector("select.admin-autocomplete")) {
    new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
    nameBoxes();
  }
})();
