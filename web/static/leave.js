// Leave this site: covers the page at once, then replaces it. Shift pressed three
// times within five seconds does the same. Without this script the link works too.

const link = document.querySelector("[data-leave]");
const away = link?.dataset.leave || link?.href;
const mark = "left";

function remember(on) {
  try {
    if (on) sessionStorage.setItem(mark, "1");
    else sessionStorage.removeItem(mark);
  } catch { /* storage is switched off; leaving still works */ }
}

function hasLeft() {
  try { return sessionStorage.getItem(mark) === "1"; } catch { return false; }
}

function leave() {
  document.documentElement.hidden = true;
  document.title = "…";
  remember(true);
  location.replace(away);
}

if (away) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < 5000), now];
    if (presses.length >= 3) leave();
  });

  // Somebody who pressed the button and then "back" must not land here again.
  // Whoever comes by a link or by typing the address is let in.
  addEventListener("pageshow", (event) => {
    const back = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (hasLeft() && back) leave();
    else remember(false);
  });
}
