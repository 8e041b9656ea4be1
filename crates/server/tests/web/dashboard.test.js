/**
 * The dashboard in a real browser: its policy, axe, the keyboard, a phone, and no script at all.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

import { startChromium } from "./chromium.js";
import { startCollector } from "./collector.js";

const PAGES = [
  "/t/acme", "/t/acme?range=28&compare=before&where=os:linux&colour=red", "/t/acme/versions", "/t/acme/active-machines",
  "/t/acme/command_time", "/t/acme/flags", "/t/acme/error-codes", "/t/acme/data-quality", "/t/acme/explore",
  "/t/acme/explore?measure=events&by=os&by=arch", "/t/nextjs",
];
const DAY_MS = 86_400_000;
const MACHINES = 40;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @type {import("./collector.js").Collector} */
let collector;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [collector, browser] = await Promise.all([startCollector(), startChromium(chromium)]);
  for (let days = 0; days < 35; days += 7) {
    for (let machine = 0; machine < MACHINES; machine += 1) await tell(days, machine);
  }
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

/**
 * What one machine says of a day that is so many days ago.
 *
 * @param {number} days
 * @param {number} machine
 */
async function tell(days, machine) {
  const fields = { command: machine % 3 ? "build" : "dev", outcome: "ok", duration: 100 + machine * 10, flags: ["minify", "watch"] };
  const events = [
    { event: "command_finished", n: 3, fields },
    { event: "error_shown", fields: { code: "config_missing", command: "build" } },
    { event: "feedback_given", fields: { code: "config_missing", helpful: machine % 2 === 0 } },
    { event: "never_declared", fields: { x: 1 } },
  ];
  const batch = {
    v: 1, id: (days * 1000 + machine).toString(16).padStart(32, "0"), tool: "acme",
    day: new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10), first: ["day", "week"],
    origin: { version: days > 14 ? "1.4.0" : "2.0.0", os: machine % 4 ? "linux" : "macos", arch: "x86_64", ci: false },
    events,
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${collector.origin}/v1/batches`, { method: "POST", headers, body: JSON.stringify(batch) });
  assert.equal(answer.status, 200, await answer.text());
}

for (const path of PAGES) {
  test(`${path} obeys its policy, asks nobody else, and axe finds nothing`, async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page, complaints, requests } = await watched({ colorScheme });
      await page.goto(collector.origin + path);
      await page.evaluate(axe);
      assert.deepEqual(await page.evaluate(faults), [], colorScheme);
      assert.deepEqual(complaints, []);
      assert.deepEqual(requests.filter((url) => !url.startsWith(collector.origin)), []);
      await page.context().close();
    }
  });

  test(`${path} fits a phone`, async () => {
    const { page } = await watched({ viewport: { width: 390, height: 800 } });
    await page.goto(collector.origin + path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} pixels`);
    await page.context().close();
  });
}

test("arrow keys move a cursor over a chart and read its table out", async () => {
  const { page } = await watched();
  await page.goto(`${collector.origin}/t/acme/versions`);
  const chart = page.locator("figure.chart").first();
  const rows = await chart.locator("table.sheet tbody tr th").allTextContents();
  await chart.locator(".picture").focus();
  const read = chart.locator(".readout");
  await page.keyboard.press("ArrowLeft");
  assert.ok((await read.textContent())?.startsWith(`${rows.at(-1)}: `), "the cursor stands at the end");
  await page.keyboard.press("ArrowLeft");
  assert.ok((await read.textContent())?.startsWith(`${rows.at(-2)}: `));
  await page.keyboard.press("Home");
  assert.ok((await read.textContent())?.startsWith(`${rows[0]}: `));
  await page.keyboard.press("ArrowDown");
  const one = await read.textContent();
  assert.ok(one && !one.includes(", "), `one series is read: ${one}`);
  await chart.locator("[aria-live=polite]", { hasText: one }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  assert.equal(await read.textContent(), "");
  await page.context().close();
});

test("everything is there without script", async () => {
  const { page } = await watched({ javaScriptEnabled: false });
  await page.goto(`${collector.origin}/t/acme`);
  await page.locator(".controls summary").click();
  await page.getByRole("link", { name: "28 days" }).click();
  assert.ok(page.url().includes("range=28"));
  await page.locator("#panel-versions details summary").first().click();
  assert.ok(await page.locator("#panel-versions table.sheet").isVisible());
  await page.goto(`${collector.origin}/t/acme/explore`);
  await page.getByLabel("Count").selectOption("reports");
  await page.getByRole("button", { name: "Ask" }).click();
  assert.ok(page.url().includes("measure=reports"));
  assert.ok(await page.locator(".answer table.sheet").isVisible());
  await page.context().close();
});

/**
 * A page in a profile of its own, with all that the browser complains about and asks for.
 *
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
async function watched(options = {}) {
  const page = await (await browser.newContext(options)).newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on("console", (said) => complaints.push(said.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  return { page, complaints, requests };
}

/** What axe finds. It is evaluated, not added as a script, so that the page's policy stays as it is. */
async function faults() {
  // @ts-expect-error: axe is a global of the page
  const { violations } = await globalThis.axe.run();
  return violations.flatMap((/** @type {any} */ rule) => rule.nodes.map((/** @type {any} */ node) => `${rule.id}: ${node.html}`));
}
