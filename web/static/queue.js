// Queue: keeps a claim alive while somebody works on the case, tells when the list
// or the case has changed, offers the reason's words, and gives every button a key.
// Nothing moves under the reader's hand.

const $ = (what, within = document) => within.querySelector(what);
const $$ = (what, within = document) => [...within.querySelectorAll(what)];
const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const page = $("[data-live]");
const form = $("#decide-form");
const news = $("[data-news]");

// A page that came as the answer to a form has the case's own address, so that
// loading it again sends nothing twice.
const path = page?.dataset.path;
if (path && location.pathname !== path) history.replaceState(null, "", path + location.hash);

// ---- What changed meanwhile -------------------------------------------------

// readOnly keeps what was typed, to be copied or taken along, and stops the rest.
function readOnly() {
  for (const e of $$("textarea, input:not([type=hidden]), select, button").filter((e) => e.form === form && !e.closest(".case-bar"))) {
    if (e.matches("textarea")) {
      e.readOnly = true;
      continue;
    }
    if (e.name && (e.matches("select") || /text/.test(e.type) || e.checked)) {
      const kept = Object.assign(document.createElement("input"), { type: "hidden", name: e.name, value: e.value });
      form.append(kept);
    }
    e.disabled = true;
  }
}

let lost = false;
async function caseChanged(mine) {
  if (!form || lost) return;
  lost = !mine;
  let said = mine ? "Something new came in for this case." : "You no longer have this case.";
  try { // who took it, or what came in, is for the page to ask as who it is
    const answer = await fetch(path + "/look", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) said = $$("[data-changed] > ul:first-of-type > li", parse(await answer.text())).map((l) => l.textContent.trim()).join(" ") || said;
  } catch { /* no connection: the short sentence has to do */ }
  const button = Object.assign(document.createElement("button"), { className: "button small", textContent: "Show what changed" });
  button.setAttribute("form", "decide-form");
  button.setAttribute("formaction", path + "/look");
  if (lost) {
    readOnly();
    $("[data-lease]").textContent = "";
  }
  news.replaceChildren(said + (lost ? " What you typed is kept. " : " "), button);
  news.hidden = false;
}

// listChanged renews counts and buttons where they stand; what is new or gone
// waits for the reader.
const list = $("[data-queue]");
const order = (root) => $$("[data-case]", root).map((c) => c.dataset.case + c.dataset.band).join();
async function listChanged() {
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    if (!answer.ok) return;
    const fresh = parse(await answer.text());
    for (const count of $$("[data-count]")) {
      const now = $(`[data-count="${CSS.escape(count.dataset.count)}"]`, fresh);
      if (now) count.textContent = now.textContent;
    }
    for (const item of $$("[data-case]", list)) {
      const doing = $("[data-doing]", item), now = $(`[data-case="${item.dataset.case}"] [data-doing]`, fresh);
      if (now && !doing.matches(":hover, :focus-within") && doing.textContent !== now.textContent) doing.replaceWith(document.adoptNode(now));
    }
    news.hidden = order(list) === order($("[data-queue]", fresh));
  } catch { /* no connection: tried again */ }
}

// What changed between the making of the page and the first news counts too.
let stream, timer, mark = list?.dataset.mark;
function listen() {
  if (!page || document.visibilityState === "hidden") return;
  if (!window.EventSource) return ask();
  stream = new EventSource(page.dataset.live);
  stream.addEventListener("queue", (e) => {
    if (mark && mark !== e.data) later(listChanged);
    mark = e.data;
  });
  stream.addEventListener("case", (e) => heard(e.data));
  // A browser gives up when it is turned away; then we ask now and then.
  stream.addEventListener("error", () => { if (stream?.readyState === 2) ask(); });
}

let seen = page?.dataset.mark;
function heard(now) {
  if (!seen || now === seen) return;
  const was = seen.split(" "), is = now.split(" ");
  seen = now;
  if (was[3] === "1") caseChanged(is[3] === "1");
}

// Many changes in a row are one look.
let soon;
function later(what) {
  clearTimeout(soon);
  soon = setTimeout(what, 300);
}

// ask is for browsers and networks that take no streams.
function ask() {
  clearInterval(timer);
  timer = setInterval(async () => {
    try {
      const now = (await (await fetch("/queue/live")).text()).trim();
      if (mark && mark !== now && list) listChanged();
      mark = now;
    } catch { /* no connection: tried again */ }
  }, 30_000);
}

function quiet() {
  stream?.close();
  stream = undefined;
  clearInterval(timer);
}
// A window that nobody looks at holds no connection: a browser has six.
document.addEventListener("visibilitychange", () => { quiet(); listen(); });
addEventListener("pagehide", quiet);
addEventListener("pageshow", (e) => { if (e.persisted) listen(); });
listen();

// ---- The claim --------------------------------------------------------------

const lease = $("[data-lease]");
if (lease) {
  let active = true;
  for (const kind of ["input", "keydown", "pointerdown", "scroll"]) addEventListener(kind, () => { active = true; }, { passive: true });
  setInterval(async () => {
    if (!active || lost || document.visibilityState === "hidden") return;
    active = false;
    try {
      const answer = await fetch(lease.dataset.lease, { method: "POST", body: new URLSearchParams({ lease: $("[name=lease]")?.value ?? "" }), redirect: "manual" });
      if (answer.ok || answer.type === "opaqueredirect") {
        const until = new Date(Date.now() + lease.dataset.lasts * 1000);
        lease.textContent = `You have this case until ${until.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })}.`;
      } else if (answer.status === 409 || answer.status === 404) caseChanged(false);
    } catch { /* no connection: tried again */ }
  }, lease.dataset.every * 1000);
}

// ---- The reason's own words -------------------------------------------------

const reasons = $("[data-reasons]");
for (const [id, key] of [["field-message", "words"], ["field-answer", "answer"]]) {
  const box = document.getElementById(id);
  let offered = "";
  reasons?.addEventListener("change", () => {
    if (!box || box.value !== offered && box.value.trim()) return;
    box.value = offered = reasons.selectedOptions[0]?.dataset[key] ?? "";
  });
}

// ---- Keys -------------------------------------------------------------------

const map = $("[data-keymap]");
const box = $("[data-keys-on]");
const remembered = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
if (map) {
  box.checked = remembered();
  box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* asked again next time */ } });
  for (const b of $$("[data-keys]")) {
    b.hidden = false;
    b.addEventListener("click", () => map.showModal());
  }
  $("[data-close]").addEventListener("click", () => map.close());
}

const typing = (e) => e.closest("textarea, select, [contenteditable]") || e.matches("input:not([type=radio], [type=checkbox])");
const seenOnPage = (e) => e.checkVisibility?.() ?? true;

addEventListener("keydown", (event) => {
  if (!map || map.open || !box.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
  if (event.key === "?") return event.preventDefault(), map.showModal();
  if (event.key === "q") return location.assign("/queue");
  if (event.key === "j" || event.key === "k") {
    const links = $$("[data-case] h3 a"), at = links.findIndex((l) => l.closest("[data-case]").contains(document.activeElement));
    return links[event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)]?.focus();
  }
  const to = $$(`[data-key="${CSS.escape(event.key)}"]`).find((e) => !e.disabled && (seenOnPage(e) || e.closest("details:not([open])")));
  if (!to) return;
  event.preventDefault();
  const shut = to.parentElement.closest("details:not([open])");
  if (shut) shut.open = true;
  const field = to.matches("div") ? $("textarea", to) : to;
  field.focus();
  if (field.matches("input, summary, a, button:not([data-go])")) field.click();
});
