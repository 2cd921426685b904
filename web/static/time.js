// Times: says how long ago something was while it is fresh, and keeps the clocks
// of the queue going. The words are those that the page came with.

const minute = 60_000, hour = 60 * minute, day = 24 * hour;
const several = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

function span(ms) {
  ms = Math.abs(ms);
  const days = Math.floor(ms / day), hours = Math.floor(ms / hour) % 24, minutes = Math.floor(ms / minute) % 60;
  if (ms < minute) return "less than a minute";
  if (ms < hour) return several(minutes, "minute");
  if (ms < day) return several(hours, "hour") + (minutes ? " " + several(minutes, "minute") : "");
  return several(days, "day") + (hours ? " " + several(hours, "hour") : "");
}

function show() {
  const now = Date.now();
  for (const t of document.querySelectorAll("time[data-ago]")) {
    const age = now - Date.parse(t.dateTime);
    t.dataset.words ??= t.textContent;
    if (age >= 0 && age < 12 * hour) {
      t.textContent = age < minute ? "just now" : (age < hour ? span(age) : several(Math.floor(age / hour), "hour")) + " ago";
      t.title = t.dataset.words;
    } else {
      t.textContent = t.dataset.words;
    }
  }
  for (const t of document.querySelectorAll("time[data-until]")) {
    const rest = Date.parse(t.dateTime) - now;
    t.textContent = span(rest) + (rest >= 0 ? " left" : " over");
    t.classList.toggle("over", rest < 0);
  }
  for (const t of document.querySelectorAll("time[data-since]")) t.textContent = span(now - Date.parse(t.dateTime));
}

show();
setInterval(show, 30_000);
