/**
 * A demo and a browser for a file of tests, and pages that remember all that the browser complains about and asks for.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

import { PATIENCE_MS, startChromium } from "./chromium.js";
import { startDemo } from "./collector.js";

/** Large enough for each panel to have something to draw, small enough for a few seconds without optimisation. */
const SMALL = ["--machines", "60", "--days", "42"];

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * @typedef {object} Watched
 * @property {import("playwright-core").Page} page
 * @property {string[]} complaints what its console and its policy said, and the errors of its scripts
 * @property {string[]} abroad what was asked of other hosts; it is not let out
 */

/**
 * Starts both before the tests of a file, and ends both after them.
 *
 * @param {() => Promise<{ origin: string, stop: () => Promise<void> }>} [start] starts what is looked at; else a demo
 */
export function browsing(start = () => startDemo(SMALL)) {
  /** @type {{ origin: string, stop: () => Promise<void> }} */
  let site;
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    [site, browser] = await Promise.all([start(), startChromium(chromium)]);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  return {
    origin: () => site.origin,
    /**
     * @param {import("playwright-core").BrowserContextOptions} [options]
     * @param {string} [origin] another one than that which was started
     */
    watched: (options, origin) => watched(browser, origin ?? site.origin, options),
  };
}

/**
 * A page in a profile of its own.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @returns {Promise<Watched>}
 */
async function watched(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const abroad = [];
  page.on("console", (said) => complaints.push(said.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await context.exposeFunction("complain", (/** @type {string} */ text) => complaints.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // @ts-expect-error: exposed above
      globalThis.complain(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  await context.route((url) => url.origin !== origin, (route) => {
    abroad.push(route.request().url());
    return route.abort();
  });
  return { page, complaints, abroad };
}

/**
 * What axe finds. It is evaluated, not added as a script, so that the page's policy stays as it is.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function faults(page) {
  // @ts-expect-error: axe is a global of the page
  if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(axe);
  return page.evaluate(async () => {
    // @ts-expect-error: as above
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap((/** @type {any} */ rule) => rule.nodes.map((/** @type {any} */ node) => `${rule.id}: ${node.html}`));
  });
}

/**
 * What is too wide for the window, if the page can be scrolled sideways.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function tooWide(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
    const found = wide.filter((element) => !element.closest(".scroll, pre")).map((element) => element.outerHTML.slice(0, 120));
    return found.length > 0 ? found : ["a text runs over its box"];
  });
}
