// What helps where there is a script; every page works without.
"use strict";

// A search box offers names while one types. The list is the browser's own, so keys and screen readers know it.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(box.getAttribute("list"));
  let asked = "", timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const words = box.value.trim();
      if (words.length < 2 || words === asked) return;
      asked = words;
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(words)}`);
        const { names } = await answer.json();
        if (box.value.trim() === words) {
          list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
        }
      } catch { /* Without an answer there is nothing to offer. */ }
    }, 180);
  });
}

// A button that copies what stands in the element it names.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    }
  });
}
