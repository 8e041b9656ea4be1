/**
 * Pages by keyboard alone: everything is reached, seen, and left again, and charts say their numbers.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing } from "./browsing.js";

const { watched } = browsing();

/** More than any page has to offer. */
const KEYS_MAX = 1200;
/** One page of each kind, and how many controls it has at least. */
const KINDS = { "/t/acme": 50, "/t/acme/versions": 20, "/t/acme/explore": 10, "/transparency/acme": 20, "/catalog/acme": 10, "/": 10, "/sign-in": 2, "/t/acme/audit": 2 };

for (const [path, least] of Object.entries(KINDS)) test(`tab reaches every control of ${path} in its order, and each shows that it is reached`, async () => {
  const { page } = await watched({ viewport: { width: 1280, height: 900 } });
  await page.goto(path);
  const offered = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")];
    const shown = all.filter((element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
    // Where a box of its own scrolls, browsers stop too.
    shown.forEach((element, at) => { element.setAttribute("data-at", String(at)); });
    return shown.length;
  });
  const reached = [];
  for (let keys = 0; keys < KEYS_MAX; keys += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(stopped);
    if (!stop) break;
    assert.deepEqual([stop.visible, stop.outlined], [true, true], stop.markup);
    // The parts of a day are stops of their own.
    if (stop.at !== null && Number(stop.at) !== reached.at(-1)) reached.push(Number(stop.at));
  }
  assert.ok(offered >= least, `${offered} controls`);
  assert.deepEqual(reached, Array.from({ length: offered }, (_, at) => at));
  await page.context().close();
});

test("the first key offers to skip what is the same on every page", async () => {
  const { page } = await watched();
  await page.goto("/t/acme");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.closest("main")?.id), "main");
  await page.context().close();
});

test("arrow keys move a cursor over a chart, whose numbers are said as the table has them", async () => {
  const { page, complaints } = await watched();
  await page.goto("/t/acme/versions");
  const figure = page.locator("figure.chart").filter({ has: page.locator(".picture[role=group]") }).first();
  const rows = await figure.locator("table.sheet tbody tr").evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent)));
  const heads = await figure.locator("table.sheet thead th").allTextContents();
  const readout = figure.locator(".readout");
  const live = figure.locator("[aria-live=polite]");
  /** @param {(string | null)[]} row @param {number} column */
  const words = (row, column) => `${row[0]}: ${heads[column]} ${row[column]}`;

  await figure.locator(".picture").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  assert.equal(await readout.textContent(), words(rows[0], 1));
  const place = await figure.locator("line.cursor").getAttribute("x1");
  await page.keyboard.press("ArrowRight");
  assert.equal(await readout.textContent(), words(rows[1], 1));
  assert.notEqual(await figure.locator("line.cursor").getAttribute("x1"), place);
  await live.filter({ hasText: words(rows[1], 1) }).waitFor({ state: "attached" });
  await page.keyboard.press("End");
  assert.equal(await readout.textContent(), words(rows[rows.length - 1], 1));
  await page.keyboard.press("Escape");
  assert.deepEqual([await readout.textContent(), await live.textContent()], ["", ""]);
  assert.equal(await figure.locator("line.cursor").isVisible(), false);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("enter opens the table of a chart and what can be chosen", async () => {
  const { page } = await watched();
  await page.goto("/t/acme/versions");
  for (const summary of ["figure.chart summary", ".controls summary"]) {
    const details = page.locator(summary).first().locator("..");
    await page.locator(summary).first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await details.evaluate((element) => element instanceof HTMLDetailsElement && element.open), true, summary);
  }
  await page.context().close();
});

/** What has the focus, and whether that can be seen; nothing at the end of the page. */
function stopped() {
  const element = document.activeElement;
  if (!element || element === document.body) return undefined;
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    at: element.getAttribute("data-at"),
    visible: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && bottom > top,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    markup: element.outerHTML.slice(0, 160),
  };
}
