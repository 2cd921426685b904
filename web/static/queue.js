// Queue: keeps a claim alive while somebody works on the case, says when it is
// lost, offers the reason's words, and tells when the list has changed. Nothing
// moves under the reader's hand.

const lease = document.querySelector("[data-lease]");
if (lease) {
  let active = true;
  for (const kind of ["input", "keydown", "pointerdown", "scroll"]) {
    addEventListener(kind, () => { active = true; }, { passive: true });
  }
  const renew = async () => {
    if (!active || document.visibilityState === "hidden") return;
    active = false;
    try {
      const token = document.querySelector('[name="lease"]')?.value ?? "";
      const answer = await fetch(lease.dataset.lease, {
        method: "POST",
        body: new URLSearchParams({ lease: token }),
        redirect: "manual",
      });
      if (answer.ok || answer.type === "opaqueredirect") {
        const until = new Date(Date.now() + 10 * 60_000);
        lease.textContent = `You have this case until ${until.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" })}.`;
      } else if (answer.status === 409 || answer.status === 404) {
        lease.textContent = "You no longer have this case. What you typed is still here; copy it if you need it.";
        lease.classList.add("fault");
        clearInterval(timer);
      }
    } catch { /* no connection: tried again */ }
  };
  const timer = setInterval(renew, 120_000);
}

const reasons = document.querySelector("[data-reasons]");
const message = document.getElementById("field-message");
if (reasons && message) {
  let offered = "";
  reasons.addEventListener("change", () => {
    const words = reasons.selectedOptions[0]?.dataset.words ?? "";
    if (message.value === offered || message.value.trim() === "") {
      message.value = words;
      offered = words;
    }
  });
}

const list = document.querySelector("[data-queue]");
const news = document.querySelector("[data-news]");
if (list && news) {
  const state = (root) => [...root.querySelectorAll("[data-case]")].map((c) => c.dataset.case + c.dataset.band + (c.querySelector(".row")?.textContent ?? "")).join();
  const now = state(list);
  setInterval(async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-queue]");
      if (fresh && state(fresh) !== now) news.hidden = false;
    } catch { /* no connection: tried again */ }
  }, 30_000);
}
