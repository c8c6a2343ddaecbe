"use strict";
(() => {
  const say = document.body.dataset;
  const key = "heliu-review-" + say.token;
  const cards = [...document.querySelectorAll(".card")];
  const links = [...document.querySelectorAll(".list a")];
  const find = (id) => document.getElementById(id);
  let current = 0;
  let decided = load(); // place → [verdict, reason of the button, words of one's own]

  function load() {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  }
  function save() {
    try { localStorage.setItem(key, JSON.stringify(decided)); } catch { /* kept in this tab */ }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* there was nothing */ }
  }
  function tell(text) { find("status").textContent = text; }

  function show(place, focus) {
    if (!cards.length) return;
    current = Math.min(Math.max(place, 0), cards.length - 1);
    cards.forEach((card, at) => { card.hidden = at !== current; });
    links.forEach((link, at) => {
      if (at === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    links[current].scrollIntoView({ block: "nearest" });
    find("previous").disabled = current === 0;
    find("next").disabled = current === cards.length - 1;
    if (focus) {
      scrollTo(0, 0);
      cards[current].querySelector("h2").focus({ preventScroll: true });
    }
  }

  function draw(place) {
    const [verdict, reason, words] = decided[place] || ["", "", ""];
    let chosen = "";
    cards[place].querySelectorAll("[data-verdict]").forEach((button) => {
      const on = button.dataset.verdict === verdict && (button.dataset.why || "") === reason;
      button.setAttribute("aria-pressed", String(on));
      if (on) chosen = button.lastChild.textContent;
    });
    cards[place].querySelector("input").value = words;
    links[place].className = verdict;
    links[place].querySelector("i").textContent = chosen;
    const number = Object.keys(decided).length;
    find("progress").value = number;
    find("count").textContent = number + " / " + cards.length;
    return chosen;
  }

  function decide(place, button) {
    const words = cards[place].querySelector("input").value;
    decided[place] = [button.dataset.verdict, button.dataset.why || "", words];
    save();
    const chosen = draw(place);
    const title = cards[place].querySelector("h2").textContent;
    tell(say.decided + "：" + title + " → " + chosen + (place === cards.length - 1 ? "。" + say.done : ""));
    show(place + 1, true);
  }

  function clear(place) {
    delete decided[place];
    save();
    draw(place);
    tell(say.cleared);
  }

  // What a spreadsheet would calculate is quoted; `heliu review import` undoes it.
  function cell(text) {
    const safe = /^[=+\-@\t\r']/.test(text) ? "'" + text : text;
    return '"' + safe.replaceAll('"', '""') + '"';
  }

  function csv() {
    const lines = [["verdict", "why", "left_id", "right_id", "type", "value"]];
    Object.entries(decided).forEach(([place, [verdict, reason, words]]) => {
      const told = cards[place].dataset;
      const why = [reason, words.trim()].filter(Boolean).join("：");
      lines.push([verdict, why, told.left || "", told.right || "", told.type || "", told.value || ""]);
    });
    return "\ufeff" + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
  }

  function download() {
    if (!Object.keys(decided).length) return tell(say.none);
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const stamp = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = "heliu-decisions-" + stamp + "-" + two(now.getHours()) + two(now.getMinutes()) + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    forget(); // this tab still shows them
    tell(say.saved);
  }

  function press(number) {
    const button = cards[current].querySelectorAll("[data-verdict]")[number];
    if (button) decide(current, button);
  }

  const keys = {
    1: () => press(0), s: () => press(0), 2: () => press(1), d: () => press(1),
    3: () => press(2), u: () => press(2), 0: () => clear(current),
    j: () => show(current + 1, true), arrowright: () => show(current + 1, true),
    k: () => show(current - 1, true), arrowleft: () => show(current - 1, true),
    "?": () => find("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || find("keys").open) return;
    if (event.target.matches("input")) {
      if (event.key === "Enter" || event.key === "Escape") event.target.blur();
      return;
    }
    const act = keys[event.key.toLowerCase()];
    if (act && cards.length) { event.preventDefault(); act(); }
  });
  cards.forEach((card, place) => {
    card.querySelectorAll("[data-verdict]").forEach((button) =>
      button.addEventListener("click", () => decide(place, button)));
    card.querySelector("input").addEventListener("input", (event) => {
      if (decided[place]) { decided[place][2] = event.target.value; save(); }
    });
    if (decided[place] && !decided[place].length) delete decided[place];
    draw(place);
  });
  links.forEach((link, place) => link.addEventListener("click", (event) => {
    event.preventDefault();
    show(place, true);
  }));
  find("previous").addEventListener("click", () => show(current - 1, true));
  find("next").addEventListener("click", () => show(current + 1, true));
  find("help").addEventListener("click", () => find("keys").showModal());
  find("download").addEventListener("click", download);
  const open = cards.findIndex((_, place) => !decided[place]);
  show(open < 0 ? 0 : open, false);
})();
