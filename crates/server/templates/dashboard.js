// @ts-check
// What a page can do beyond links: a cursor over a chart that reads its table out, and copying an address.
// Without this file everything is still on the page. Text is set as text; nothing here makes markup.

/** How long a reader rests on a place before it is read out, in milliseconds. */
const REST_MS = 250;

/**
 * The numbers of a chart: a line for each place of its axis, read from the table beside it.
 * @typedef {{ heads: string[], rows: string[][] }} Numbers
 */

/**
 * @param {HTMLTableElement} table
 * @returns {Numbers}
 */
export function numbers(table) {
  /** @param {Element} row */
  const cells = (row) => Array.from(row.children, (cell) => cell.textContent?.trim() ?? "");
  const head = table.tHead?.rows[0];
  return { heads: head ? cells(head) : [], rows: Array.from(table.tBodies[0]?.rows ?? [], cells) };
}

/**
 * A place in words: `9–15 Nov: 1.4.0 61 %, 1.3.0 20 %`; with one series, only that one.
 * @param {Numbers} numbers
 * @param {number} place
 * @param {number} series 0 for all
 */
export function said(numbers, place, series) {
  const row = numbers.rows[place];
  if (!row) return "";
  const parts = row.slice(1).map((text, at) => `${numbers.heads[at + 1] ?? ""} ${text}`.trim());
  return `${row[0]}: ${series > 0 ? parts[series - 1] : parts.join(", ")}`;
}

/**
 * Where a cursor stands after a key; `undefined` where the key is none of ours.
 * @param {string} key
 * @param {{ place: number, series: number }} at
 * @param {Numbers} numbers
 */
export function moved(key, { place, series }, numbers) {
  const last = numbers.rows.length - 1;
  const many = numbers.heads.length - 1;
  switch (key) {
    case "ArrowLeft": return { place: Math.max(0, place - 1), series };
    case "ArrowRight": return { place: Math.min(last, place + 1), series };
    case "Home": return { place: 0, series };
    case "End": return { place: last, series };
    case "ArrowUp": return { place, series: series > 0 ? series - 1 : many };
    case "ArrowDown": return { place, series: series < many ? series + 1 : 0 };
    default: return undefined;
  }
}

/**
 * Puts a cursor over a chart.
 * @param {HTMLElement} figure
 */
function follow(figure) {
  const plot = figure.querySelector("svg.plot");
  const plane = figure.querySelector("svg.plane");
  const table = figure.querySelector("table.sheet");
  if (!(plot instanceof SVGElement) || !(plane instanceof SVGElement) || !(table instanceof HTMLTableElement)) return;
  const read = numbers(table);
  const places = Number(plot.dataset.places);
  if (read.rows.length !== places || places === 0) return;
  const banded = plot.dataset.banded === "1";
  let at = { place: places - 1, series: 0 };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const out = document.createElement("p");
  out.className = "readout";
  const live = document.createElement("p");
  live.className = "unseen";
  live.setAttribute("aria-live", "polite");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "cursor");
  line.setAttribute("y1", "24");
  line.setAttribute("y2", "100%");
  plot.append(line);

  const picture = /** @type {HTMLElement} */ (plot.parentElement);
  picture.tabIndex = 0;
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-label", "Chart; arrow keys read its numbers, Escape leaves");
  picture.after(out, live);

  const show = () => {
    const part = banded ? (at.place + 0.5) / places : places > 1 ? at.place / (places - 1) : 0.5;
    line.setAttribute("x1", `${part * 100}%`);
    line.setAttribute("x2", `${part * 100}%`);
    figure.classList.add("read");
    out.textContent = said(read, at.place, at.series);
    clearTimeout(timer);
    timer = setTimeout(() => { live.textContent = out.textContent; }, REST_MS);
  };
  const hide = () => {
    clearTimeout(timer);
    figure.classList.remove("read");
    out.textContent = "";
    live.textContent = "";
  };
  picture.addEventListener("keydown", (event) => {
    if (event.target !== picture || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return hide();
    const to = moved(event.key, at, read);
    if (!to) return;
    event.preventDefault();
    // The first key shows where the cursor stands.
    if (figure.classList.contains("read")) at = to;
    show();
  });
  picture.addEventListener("blur", hide);
  plot.addEventListener("pointermove", (event) => {
    const box = plane.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    const place = banded ? Math.floor(part * places) : Math.round(part * (places - 1));
    if (place < 0 || place >= places) return;
    at = { place, series: 0 };
    show();
  });
  plot.addEventListener("pointerleave", () => { if (document.activeElement !== picture) hide(); });
}

/**
 * Copies the address of this page.
 * @param {HTMLButtonElement} button
 */
function copies(button) {
  button.hidden = false;
  const usual = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied: take it from the address bar";
    }
    setTimeout(() => { button.textContent = usual; }, 3000);
  });
}

/**
 * Leaves out of an address what was not filled in.
 * @param {HTMLFormElement} form
 */
function shortens(form) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value === "") field.disabled = true;
    }
  });
  // Coming back must find the form whole.
  addEventListener("pageshow", () => {
    for (const field of form.elements) if ("disabled" in field) field.disabled = false;
  });
}

if (typeof document !== "undefined") {
  document.querySelectorAll("figure.chart").forEach((figure) => figure instanceof HTMLElement && follow(figure));
  document.querySelectorAll("button.copy").forEach((button) => button instanceof HTMLButtonElement && copies(button));
  document.querySelectorAll("form.ask").forEach((form) => form instanceof HTMLFormElement && shortens(form));
}
