"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("js");

  // Theme: system, light, dark. Storage may be refused on file://.
  const themes = ["system", "light", "dark"];
  const stored = () => {
    try { return localStorage.getItem("harness-theme"); } catch { return null; }
  };
  const setTheme = (name) => {
    root.dataset.theme = name;
    $("theme").textContent = { system: "◐", light: "☀", dark: "☾" }[name];
    $("theme").setAttribute("aria-label", `Theme: ${name}`);
    $("theme").title = `Theme: ${name} (t)`;
    try { localStorage.setItem("harness-theme", name); } catch { /* the choice lasts for this view */ }
  };
  const nextTheme = () => setTheme(themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length]);
  setTheme(themes.includes(stored()) ? stored() : "system");
  $("theme").addEventListener("click", nextTheme);

  // Filter: the text of each item, read once. A coverage row keeps its fields.
  const items = all("[data-f]");
  let texts = null;
  const show = () => {
    const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const gaps = $("gaps") !== null && $("gaps").checked;
    texts = texts || items.map((item) => item.textContent.toLowerCase());
    let shown = 0;
    items.forEach((item, index) => {
      const match = words.every((word) => texts[index].includes(word));
      item.hidden = !match || (gaps && item.tagName === "TBODY" && !item.classList.contains("gap"));
      shown += item.hidden ? 0 : 1;
    });
    root.classList.toggle("gaps", gaps);
    $("nothing").hidden = shown > 0 || words.length === 0;
  };
  $("filter").addEventListener("input", show);
  if ($("gaps")) $("gaps").addEventListener("change", show);

  // Attributes of a waterfall row.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.more");
    if (!button) return;
    const open = button.closest("tr").nextElementSibling.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });

  const collapse = $("collapse");
  const label = () => { collapse.textContent = all("details.scenario[open]").length ? "Collapse all" : "Expand all"; };
  if (collapse) {
    collapse.addEventListener("click", () => {
      const open = all("details.scenario[open]").length === 0;
      all("details.scenario").forEach((item) => { item.open = open; });
      label();
    });
    document.addEventListener("toggle", label, true);
    label();
  }

  // A link to a scenario opens it.
  const follow = () => {
    const target = location.hash && $(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  follow();

  // j and k: the next and the previous problem in sight.
  let current = -1;
  const go = (step) => {
    const problems = all("[data-problem]").filter((item) => !item.hidden);
    if (!problems.length) return;
    current = current < 0 && step < 0 ? problems.length - 1 : current + step;
    current = (current + problems.length) % problems.length;
    const target = problems[current];
    if (target.tagName === "DETAILS") target.open = true;
    (target.querySelector(":scope > summary") || target).focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], textarea, select");
    if (event.key === "Escape" && typing) {
      $("filter").value = "";
      show();
      $("filter").blur();
    }
    const action = { "/": () => $("filter").focus(), j: () => go(1), k: () => go(-1), t: nextTheme }[event.key];
    if (typing || !action) return;
    event.preventDefault();
    action();
  });
  document.body.dataset.ready = "";
})();
