// The switch between light and dark: keeps the reader's choice for all pages of the site.
// Without this script the switch works as well, for the page that is open.
(() => {
  const root = document.documentElement;
  const key = "reportgen-theme";
  const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
  let kept = null;
  try { kept = localStorage.getItem(key); } catch { kept = null; } // storage may be refused
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  // What scripts will put something else in the place of is not laid out first; see table.css.
  root.classList.add("js", "scripts");
  addEventListener("load", () => root.classList.remove("scripts"));
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("scheme");
    if (!box) return;
    box.checked = root.dataset.theme !== undefined && (root.dataset.theme === "dark") !== isDark();
    box.addEventListener("change", () => {
      root.dataset.theme = box.checked !== isDark() ? "dark" : "light"; // checked: not the system's
      try { localStorage.setItem(key, root.dataset.theme); } catch { /* it holds for this page */ }
    });
  });
})();
