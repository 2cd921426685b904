// Forms: goes to what is wrong, and counts characters when few are left.

document.querySelector("[data-faults]")?.focus();

for (const box of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(box.dataset.most);
  const says = document.getElementById(box.id + "-count");
  if (!says) continue;
  const empty = says.textContent;
  let timer;
  const count = () => {
    const left = most - [...box.value].length;
    if (left > most / 10) says.textContent = empty;
    else if (left >= 0) says.textContent = `Room for ${left.toLocaleString("en-GB")} more characters.`;
    else says.textContent = `${(-left).toLocaleString("en-GB")} characters too many. Nothing is lost.`;
    box.setAttribute("aria-invalid", String(left < 0));
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, 600);
  });
  if (box.value.length > most * 0.9) count();
}
