// The theme's arrows in the sidebar have no name.
for (const arrow of document.querySelectorAll(".bd-sidenav summary")) {
  arrow.setAttribute("aria-label", "Show or hide the pages below");
}
// What scrolls sideways can be scrolled with the keyboard.
for (const box of document.querySelectorAll(".pst-scrollable-table-container")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

// On paper a page is light, what is folded is read, since nobody can click there, and what would
// scroll sideways is made to fit. The words for a figure stay folded: the figure stands above them.
const SHEET = 640; // pixels between the margins of A4
const wide = ".pst-scrollable-table-container, .bd-article mjx-container[display='true']";
function fit(box) {
  const inner = box.firstElementChild;
  box.style.width = `${SHEET}px`;
  const width = () => inner.getBoundingClientRect().width;
  // A formula does not shrink in proportion: a few times, then.
  for (let zoom = 1, time = 0; width() > SHEET && time < 5; time++) {
    zoom *= SHEET / width();
    inner.style.zoom = zoom;
  }
  box.style.width = "";
}
const root = document.documentElement;
let onScreen = null;
addEventListener("beforeprint", () => {
  if (onScreen) return;
  const folded = [...document.querySelectorAll(".bd-article details:not([open])")].filter(
    (each) => each.querySelector("summary").textContent.trim() !== "Figure in words",
  );
  onScreen = { theme: root.dataset.theme, folded };
  root.dataset.theme = "light";
  folded.forEach((each) => (each.open = true));
  document.querySelectorAll(wide).forEach(fit);
});
addEventListener("afterprint", () => {
  if (!onScreen) return;
  root.dataset.theme = onScreen.theme;
  onScreen.folded.forEach((each) => (each.open = false));
  document.querySelectorAll(wide).forEach((box) => (box.firstElementChild.style.zoom = ""));
  onScreen = null;
});

// The first page's figure: one step at a time, with buttons and the arrow keys.
// Without this script the steps stand below each other, and nothing is lost.
for (const figure of document.querySelectorAll(".steps")) {
  const steps = [...figure.querySelectorAll("li")];
  const bar = document.createElement("div");
  const button = (text, move) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => show(now + move));
    return made;
  };
  const back = button("◀ Back", -1);
  const next = button("Next ▶", 1);
  const place = document.createElement("span");
  place.setAttribute("role", "status");
  bar.className = "steps-bar";
  bar.append(back, place, next);
  figure.prepend(bar);
  figure.classList.add("stepped");
  figure.setAttribute("role", "group");
  figure.setAttribute("aria-label", "What Bayesian optimization does, in steps");
  steps.forEach((step) => step.querySelector("p").setAttribute("aria-live", "polite"));

  let now = 0;
  function show(number) {
    now = Math.max(0, Math.min(steps.length - 1, number));
    steps.forEach((step, i) => (step.hidden = i !== now));
    place.textContent = `Step ${now + 1} of ${steps.length}`;
    // aria-disabled, not disabled: a button that has the focus keeps it at the last step.
    back.setAttribute("aria-disabled", now === 0);
    next.setAttribute("aria-disabled", now === steps.length - 1);
  }
  bar.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in moves) {
      event.preventDefault();
      show(now + moves[event.key]);
    }
  });
  show(0);
}
