/* The review desk: keys, look-up of names, selection of words, and decisions without a full page load.

   Every button and link works without this script; it presses them. Nothing here decides what is allowed. */
"use strict";
/* global DeskWords */

(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
  const KEYS_OFF = "desk-keys-off";
  // What a refresh replaces, in place, so that the rest of the page (and the live region) stays.
  const PARTS = [".desk-bar", "#flash", "#extras", ".desk-link", ".source", ".judgement", "#crumbs"];

  let busy = false;
  let edits = 0;
  let dirty = false;
  let leaving = "";
  let picked = null;
  let refreshing = 0;

  const desk = () => find("#desk");

  // ------------------------------------------------------------------------------------------ telling
  function tell(words, tone = "error") {
    const flash = find("#flash");
    if (!flash) return;
    const line = document.createElement("p");
    line.className = `flash ${tone}`;
    line.textContent = words;
    flash.replaceChildren(line);
  }

  // -------------------------------------------------------------------------- sending and showing
  // A button named "action" hides the property of that name: the attribute is asked for.
  async function send(form, submitter, { quiet = false } = {}) {
    if (busy) return;
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    // A login in another tab changed the token that this form was made with.
    const token = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    if (token) body.set("csrfmiddlewaretoken", token[1]);
    const before = edits;
    await exchange(form.getAttribute("action"), { method: "POST", body }, { quiet, stale: () => quiet && edits !== before });
  }

  async function load(url, { push = true } = {}) {
    if (!busy) await exchange(url, {}, { push });
  }

  async function exchange(url, options, { quiet = false, push = true, stale = () => false } = {}) {
    busy = true;
    desk().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { credentials: "same-origin", ...options });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (stale()) return;
      if (!find("#desk", page)) return elsewhere(answer, page);
      show(page, answer.url, { quiet, push });
    } catch (error) {
      tell("Not sent: the connection failed. Nothing you filled in is lost; press again.");
    } finally {
      busy = false;
      desk()?.removeAttribute("aria-busy");
    }
  }

  function elsewhere(answer, page) {
    if (answer.status === 403 || answer.url.includes("/login/")) {
      tell("Not done: your session has ended. Log in again in another tab, then press again; nothing here is lost.");
    } else if (answer.ok && find("#main", page)) {
      // The queue, where no draft is left: what it tells was told to us, so it is shown and not asked for again.
      find("#main").replaceChildren(...find("#main", page).childNodes);
      find("#crumbs")?.replaceWith(find("#crumbs", page) || "");
      find(".desk-link")?.replaceWith(find(".desk-link", page) || "");
      document.body.className = page.body.className;
      document.title = page.title;
      window.history.pushState(null, "", answer.url);
      window.scrollTo({ top: 0 });
      dirty = false;
    } else {
      tell(`Not done: the server answered ${answer.status}. Nothing you filled in is lost.`);
    }
  }

  function show(page, url, { quiet, push }) {
    const old = desk();
    const fresh = find("#desk", page);
    const sameClaim = old.dataset.claim === fresh.dataset.claim;
    const text = find("#text");
    const [reading, scrolled] = text ? [text.dataset.reading, text.scrollTop] : ["", 0];
    const focused = document.activeElement?.id || "";
    const open = findAll(".judgement details[open]").map((panel) => panel.dataset.panel || panel.className);
    for (const part of PARTS) {
      const [target, source] = [find(part), find(part, page)];
      if (target && source && !(quiet && part === "#flash")) target.replaceChildren(...source.childNodes);
    }
    old.dataset.claim = fresh.dataset.claim;
    document.title = page.title;
    if (push && url !== window.location.href) window.history.pushState(null, "", url);
    picked = null;
    if (sameClaim) {
      for (const panel of findAll(".judgement details")) {
        if (open.includes(panel.dataset.panel || panel.className) && !panel.dataset.panel) panel.open = true;
      }
      if (focused) find(`#${CSS.escape(focused)}`)?.focus({ preventScroll: true });
    } else {
      dirty = false;
      window.scrollTo({ top: 0 });
      find(".judgement").scrollTop = 0;
    }
    if (find(".judgement .field-error")) find(".judgement .field-error").scrollIntoView({ block: "nearest" });
    const now = find("#text");
    if (now && now.dataset.reading === reading) now.scrollTop = scrolled;
    if (!quiet) toQuote(now && now.dataset.reading === reading);
    prepare();
  }

  function toQuote(smooth) {
    const [text, quote] = [find("#text"), find("#quote")];
    if (!text || !quote) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = quote.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop;
    const inView = top > text.scrollTop + 40 && top < text.scrollTop + text.clientHeight - 120;
    if (!inView) {
      text.scrollTo({ top: top - text.clientHeight / 3, behavior: smooth && !calm ? "smooth" : "auto" });
    }
  }

  // ---------------------------------------------------------------------------------- selection
  function selection() {
    return find("#text") && DeskWords.selected(find("#text"));
  }

  function noteSelection() {
    const now = selection();
    const box = find("#selection");
    if (!box) return;
    if (now) {
      picked = now;
      const short = now.words.length > 90 ? `${now.words.slice(0, 60)} … ${now.words.slice(-25)}` : now.words;
      find("#selection-words").textContent = `“${short}”`;
    }
    box.hidden = !picked;
  }

  function takeSelection() {
    if (!picked) {
      tell("Select the words in the text first.", "warning");
      return false;
    }
    find("#span-start").value = picked.start;
    find("#span-end").value = picked.end;
    const words = find("#words");
    if (words) words.value = picked.words;
    return true;
  }

  // ------------------------------------------------------------------------------------- names
  let waiting = null;

  function closeList(input) {
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", "false");
    find(".lookup", input.parentElement)?.remove();
  }

  async function lookUp(input) {
    const term = input.value.trim();
    closeList(input);
    if (term.length < 2) return;
    const query = new URLSearchParams({
      app_label: "claims", model_name: "claim", field_name: input.dataset.lookup, term,
    });
    let rows = [];
    try {
      const answer = await fetch(`${desk().dataset.names}?${query}`, { credentials: "same-origin" });
      if (answer.ok) rows = (await answer.json()).results;
    } catch (error) {
      return;
    }
    if (input.value.trim() !== term || document.activeElement !== input) return;
    const list = document.createElement("ul");
    list.className = "lookup";
    list.id = `${input.id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.placeholder);
    rows.slice(0, 8).forEach((row, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.dataset.value = row.id;
      option.textContent = row.text;
      list.append(option);
    });
    if (!rows.length) return;
    input.after(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    move(input, 1);
  }

  function move(input, by) {
    const options = findAll(".lookup [role=option]", input.parentElement);
    if (!options.length) return;
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = options[(now + by + options.length) % options.length];
    options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  function choose(input, option) {
    const field = find(`#field-${input.dataset.field}`);
    let box = findAll(`input[name="${input.dataset.field}"]`, field).find((one) => one.value === option.dataset.value);
    if (!box) {
      const chip = document.createElement("label");
      chip.className = "chip";
      box = document.createElement("input");
      box.type = input.dataset.type;
      box.name = input.dataset.field;
      box.value = option.dataset.value;
      const label = document.createElement("span");
      label.className = "chip-label";
      label.textContent = option.textContent;
      chip.append(box, label);
      find(".chip-none", field)?.remove();
      input.parentElement.before(chip);
    }
    box.checked = true;
    input.value = "";
    closeList(input);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function lookUpKeys(event) {
    const input = event.target;
    const chosen = find(".lookup [aria-selected=true]", input.parentElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(input, event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen) {
      choose(input, chosen);
      event.preventDefault();
    } else if (event.key === "Escape" && chosen) {
      closeList(input);
      event.preventDefault();
      event.stopPropagation();
    }
  }

  // --------------------------------------------------------------------------------------- keys
  const typing = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=submit]):not([type=button])");

  const FIELDS = { e: "#id_statement", c: "#add-claimant", t: "#add-targets", d: "#add-disputes" };

  // Which claim it answers: the only one at once, of several the one whose number follows.
  let linking = false;

  function link(number) {
    const boxes = findAll("#field-answers input");
    linking = number === undefined && boxes.length > 1;
    if (!boxes.length) {
      tell("No claim is offered here that this one could answer.", "warning");
    } else if (linking) {
      const names = boxes.map((box, index) => `${index + 1} ${box.parentElement.textContent.trim().slice(0, 70)}`);
      tell(`Which claim does it answer? ${names.slice(0, 9).join(" · ")}`, "info");
    } else {
      const box = boxes[(number || 1) - 1];
      box?.click();
      box?.focus();
    }
    return true;
  }

  function press(key) {
    const panel = find("details.panel[open]");
    if (key === "l") return link();
    if (linking && /^[1-9]$/.test(key)) return link(Number(key));
    linking = false;
    if (/^[1-9]$/.test(key)) {
      const choice = panel && findAll(".panel-choice", panel)[Number(key) - 1];
      choice?.click();
      return Boolean(choice);
    }
    const wanted = find(`details[data-panel="${key}"]`);
    if (wanted) {
      const open = wanted.open;
      findAll("details.panel[open]").forEach((one) => { one.open = false; });
      wanted.open = !open;
      (open ? find("summary", wanted) : find(".panel-choice", wanted) || find("input", wanted)).focus();
      return true;
    }
    if (FIELDS[key] && find(FIELDS[key])) {
      const field = find(FIELDS[key]);
      field.focus();
      if (field.setSelectionRange) field.setSelectionRange(field.value.length, field.value.length);
      return true;
    }
    if (key === "u" || key === "n") {
      if (picked) find(key === "u" ? "#use-selection" : "#new-claim")?.click();
      else tell("Select the words in the text first.", "warning");
      return true;
    }
    if (key === "q" && desk()) {
      window.location.assign(desk().dataset.queue);
      return true;
    }
    if (key === "?") {
      toggleHelp();
      return true;
    }
    const target = find(`[data-key="${key}"]`);
    target?.click();
    return Boolean(target);
  }

  function onKey(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") {
      const panel = find("details.panel[open]");
      if (typing(event.target)) event.target.blur();
      if (panel) panel.open = false;
      toggleHelp(false);
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // A key that is held would decide on the drafts after this one, unread.
      if (event.repeat || press("a")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (find("#help")?.open && event.key !== "?") return;
    if (window.localStorage.getItem(KEYS_OFF) && event.key !== "?") return;
    if (event.shiftKey && find("#text") && DeskWords.move(find("#text"), event.key)) {
      noteSelection();
      event.preventDefault();
      return;
    }
    if (press(event.key)) event.preventDefault();
  }

  function toggleHelp(open) {
    const help = find("#help");
    if (!help) return;
    const show = open ?? !help.open;
    if (show && !help.open) help.showModal();
    if (!show && help.open) help.close();
  }

  // ------------------------------------------------------------------------------------ wiring
  function leave(link) {
    if (dirty && leaving !== link.href) {
      leaving = link.href;
      tell("You changed this draft and have not saved it: press again to leave it all the same.", "warning");
      return;
    }
    leaving = "";
    load(link.href);
  }

  function onClick(event) {
    const link = event.target.closest?.("a");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (event.detail > 1 && event.target.closest?.("#decision button, #undo button, [form=undo]")) {
      // The second click of a double click would press the next draft's button, unread.
      event.preventDefault();
    } else if (event.target.closest?.("[data-close]")) {
      toggleHelp(false);
    } else if (link?.getAttribute("href") === "#help") {
      event.preventDefault();
      toggleHelp();
    } else if (link && plain && desk() && link.matches(".desk-nav a, .decide a[data-key], .claims-here a, #flash a")) {
      event.preventDefault();
      leave(link);
    } else if (event.target.closest?.("#use-selection, #new-claim")) {
      if (!takeSelection()) event.preventDefault();
    } else if (event.target.closest?.("[role=option]")) {
      const option = event.target.closest("[role=option]");
      choose(find("input", option.closest(".chip-add")), option);
    } else if (event.target.closest?.("#text mark") && window.getSelection().isCollapsed) {
      const claim = event.target.closest("mark").dataset.claim;
      const there = findAll(".claims-here a").find((one) => one.dataset.claim === claim);
      if (there && claim !== desk().dataset.claim) leave(there);
    }
  }

  function onChange(event) {
    const target = event.target;
    if (target.id === "keys-on") {
      if (target.checked) window.localStorage.removeItem(KEYS_OFF);
      else window.localStorage.setItem(KEYS_OFF, "1");
    }
    if (target.form?.matches("[data-auto]") && target.matches("select")) target.form.requestSubmit();
    if (target.form?.id !== "decision") return;
    edits += 1;
    dirty = true;
    if (["kind", "claimant", "co_claimants", "targets"].includes(target.name)) {
      // What is proposed follows from who claims what against whom.
      clearTimeout(refreshing);
      refreshing = setTimeout(() => {
        const form = find("#decision");
        if (form) send(form, find("button[value=update]", form), { quiet: true });
      }, 120);
    }
  }

  function prepare() {
    findAll("input[data-lookup]").forEach((input) => {
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-expanded", "false");
    });
    findAll("[data-needs-script], [data-close]").forEach((part) => { part.hidden = false; });
    const keys = find("#keys-on");
    if (keys) keys.checked = !window.localStorage.getItem(KEYS_OFF);
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input[data-lookup]")) lookUpKeys(event);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("input", (event) => {
    if (event.target.form?.id === "decision") {
      edits += 1;
      dirty = true;
    }
    if (event.target.matches("input[data-lookup]")) {
      clearTimeout(waiting);
      waiting = setTimeout(() => lookUp(event.target), 150);
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("input[data-lookup]")) setTimeout(() => closeList(event.target), 200);
  });
  document.addEventListener("selectionchange", noteSelection);
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.(".selection, .lookup")) event.preventDefault();
    if (event.target.closest?.("#text")) picked = null;
  });
  document.addEventListener("submit", (event) => {
    if (!desk() || !event.target.matches("#decision, #undo, .reopen")) return;
    event.preventDefault();
    clearTimeout(refreshing);
    send(event.target, event.submitter);
  });
  window.addEventListener("popstate", () => {
    if (desk()) load(window.location.href, { push: false });
    else window.location.reload();
  });
  prepare();
  toQuote(false);
})();
