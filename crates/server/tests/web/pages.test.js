/**
 * The collector's pages in a real browser: what only a browser can tell.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

import { startChromium } from "./chromium.js";
import { startCollector } from "./collector.js";

const PAGES = ["/", "/catalog/acme"];
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @type {import("./collector.js").Collector} */
let collector;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [collector, browser] = await Promise.all([startCollector(), startChromium(chromium)]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

for (const path of PAGES) {
  test(`${path} obeys its own policy and asks nobody else`, async () => {
    const { page, complaints, requests } = await watched();
    await page.goto(collector.origin + path);
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests.filter((url) => !url.startsWith(collector.origin)), []);
    await page.context().close();
  });

  test(`${path} has no accessibility fault that axe knows`, async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page } = await watched({ colorScheme });
      await page.goto(collector.origin + path);
      assert.deepEqual(await faults(page), [], colorScheme);
      await page.context().close();
    }
  });
}

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

/**
 * What axe finds. It is evaluated, not added as a script, so that the page's policy stays as it is.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
async function faults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // @ts-expect-error: axe is a global of the page
    const { violations } = await globalThis.axe.run();
    return violations.flatMap((/** @type {any} */ rule) => rule.nodes.map((/** @type {any} */ node) => `${rule.id}: ${node.html}`));
  });
}
