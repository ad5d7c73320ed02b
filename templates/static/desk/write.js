/* A claim by hand: the words that are selected in the text become its quote. Pasting them works without this script. */
"use strict";
/* global DeskWords */

(() => {
  const text = document.querySelector("#text");
  const words = document.querySelector("#words");
  if (!text || !words) return;
  const [start, end] = ["start", "end"].map((name) => document.querySelector(`#words-${name}`));

  document.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
  document.addEventListener("selectionchange", () => {
    const chosen = DeskWords.selected(text);
    if (!chosen) return;
    words.value = chosen.words;
    [start.value, end.value] = [chosen.start, chosen.end];
  });
  // Words that are typed have no place of their own: the server looks for them.
  words.addEventListener("input", () => { start.value = end.value = ""; });
})();
