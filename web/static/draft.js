// Drafts: saves what is being written a few quiet seconds after the last key, and
// when the page is put away. Nothing is kept in the browser.

const pause = 3000;

for (const form of document.querySelectorAll("form[data-keep]")) {
  const says = form.querySelector("[data-kept]");
  const draft = form.elements.draft;
  const body = form.elements.body;
  let timer, saved = body?.value, sending = false;

  const save = async (last) => {
    clearTimeout(timer);
    if (!body || body.value === saved || !body.value.trim() || sending) return;
    const value = body.value;
    sending = true;
    try {
      const answer = await fetch("/me/drafts", {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        keepalive: Boolean(last) && value.length < 15000,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { id } = await answer.json();
      if (id && draft) draft.value = id;
      saved = value;
      if (says) says.textContent = "Saved. You can close this page.";
    } catch {
      if (says) says.textContent = "Not saved just now. We’ll try again.";
      timer = setTimeout(save, 15000);
    } finally {
      sending = false;
    }
    if (body.value !== value) timer = setTimeout(save, pause);
  };

  form.addEventListener("input", () => {
    if (says && says.textContent) says.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    saved = body?.value;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
}
