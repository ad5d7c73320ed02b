/* The words that are selected in an article's text, and the quote's ends moved by keyboard. */
"use strict";

const DeskWords = (() => {
  // Offsets count code points from the start of the text, as the server counts them; a browser counts UTF-16.
  const points = (text) => Array.from(text).length;

  function before(text, range) {
    const start = document.createRange();
    start.selectNodeContents(text);
    start.setEnd(range.startContainer, range.startOffset);
    return start.toString();
  }

  function range() {
    const chosen = window.getSelection();
    return chosen && !chosen.isCollapsed && chosen.rangeCount ? chosen.getRangeAt(0) : null;
  }

  // What is selected within the text, blanks at its ends left out; null where nothing is.
  function selected(text) {
    const chosen = range();
    if (!chosen || !text.contains(chosen.startContainer) || !text.contains(chosen.endContainer)) return null;
    const words = chosen.toString();
    if (!words.trim()) return null;
    const blanks = words.length - words.trimStart().length;
    const start = points(before(text, chosen)) + points(words.slice(0, blanks));
    return { start, end: start + points(words.trim()), words: words.trim() };
  }

  function select(text, from, to) {
    const fresh = document.createRange();
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let base = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (base <= from && from < base + node.data.length) fresh.setStart(node, from - base);
      if (base < to && to <= base + node.data.length) fresh.setEnd(node, to - base);
      base += node.data.length;
    }
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(fresh);
    fresh.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }

  const ENDS = { ArrowUp: ["start", -1], ArrowDown: ["start", 1], ArrowLeft: ["end", -1], ArrowRight: ["end", 1] };

  // Move an end of the selection, at first of the quote, by a word; false where the key is none of these.
  function move(text, key) {
    const marks = [...text.querySelectorAll("mark.is-current")];
    if (!ENDS[key] || !marks.length) return false;
    const quote = document.createRange();
    quote.setStartBefore(marks[0]);
    quote.setEndAfter(marks.at(-1));
    const now = selected(text) ? range() : quote;
    let from = before(text, now).length;
    let to = from + now.toString().length;
    const words = [...text.textContent.matchAll(/\S+/g)].map((word) => [word.index, word.index + word[0].length]);
    const [end, by] = ENDS[key];
    if (end === "start") {
      const starts = words.map(([first]) => first).filter((first) => (by < 0 ? first < from : first > from && first < to));
      from = (by < 0 ? starts.at(-1) : starts[0]) ?? from;
    } else {
      const ends = words.map(([, last]) => last).filter((last) => (by > 0 ? last > to : last < to && last > from));
      to = (by < 0 ? ends.at(-1) : ends[0]) ?? to;
    }
    select(text, from, to);
    return true;
  }

  return { selected, move };
})();
