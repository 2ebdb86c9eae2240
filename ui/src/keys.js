// Keys on lists (j, k, enter, x) and in the review queue (s, d, u); ? shows them.
// Never takes a key while somebody writes, chooses or holds a modifier.

const WRITES = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]";
const PLACE = "counterflow-row:";

function rows() {
  return [...document.querySelectorAll("[data-keys=list] [data-keys-row]")];
}

function current(all) {
  return all.findIndex((row) => row.hasAttribute("data-keys-current"));
}

function go(to) {
  const all = rows();
  if (all.length === 0) return;
  const next = Math.min(Math.max(to, 0), all.length - 1);
  for (const row of all) row.removeAttribute("data-keys-current");
  all[next].setAttribute("data-keys-current", "");
  const link = all[next].querySelector("[data-keys-open]");
  link?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
  // The place is kept, so that coming back from a case finds the list as it was.
  sessionStorage.setItem(PLACE + location.pathname + location.search, String(next));
}

function judge(key) {
  const button = document.querySelector(`[data-keys=review] [data-key="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

function select() {
  const all = rows();
  const box = all[current(all)]?.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
  return Boolean(box);
}

function open() {
  const all = rows();
  const link = all[current(all)]?.querySelector("[data-keys-open]");
  link?.click();
  return Boolean(link);
}

function pressed(event) {
  const element = event.target instanceof Element ? event.target : document.body;
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (event.defaultPrevented || held || element.closest(WRITES) || document.querySelector("dialog[open]")) return;
  const at = current(rows());
  let done = true;
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "x") done = select();
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (["s", "d", "u"].includes(event.key)) done = judge(event.key);
  // Enter on a link or button is the browser's own.
  else if (event.key === "Enter" && element === document.body) done = open();
  else done = false;
  if (done) event.preventDefault();
}

export function keys() {
  document.addEventListener("keydown", pressed);
  for (const hint of document.querySelectorAll("[data-keys-hint]")) hint.hidden = false;
  const kept = sessionStorage.getItem(PLACE + location.pathname + location.search);
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (kept !== null && back) go(Number(kept));
}
