/**
 * The collector's pages in a real browser: what only a browser can tell.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

import { startChromium } from "./chromium.js";
import { startCollector } from "./collector.js";

const PAGES = [
  "/", "/catalog/acme", "/transparency/acme", "/transparency/clerk", "/transparency/nextjs", "/sign-in", "/t/acme/audit",
];
const TOKEN = "0123456789abcdef0123456789abcdef";
const PHONE = { width: 390, height: 800 };
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

for (const path of PAGES) {
  test(`${path} fits a phone`, async () => {
    const { page } = await watched({ viewport: PHONE });
    await page.goto(collector.origin + path);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(beyond, 0);
    await page.context().close();
  });
}

test("people look up what they sent without any script", async () => {
  const { page, complaints } = await watched({ javaScriptEnabled: false });
  await page.goto(`${collector.origin}/transparency/nextjs`);
  await page.getByLabel("The number of your machine").fill("0123456789abcdef0123456789abcdef");
  await page.getByRole("button", { name: "Look it up" }).click();
  const answer = page.getByRole("status");
  assert.match(await answer.innerText(), /Nothing is kept under this number/);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("the operator signs in and out with plain forms", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aboveboard-token-"));
  await writeFile(join(folder, "token"), `${TOKEN}\n`);
  const guarded = await startCollector(["--token-file", join(folder, "token")]);
  try {
    const { page, complaints } = await watched({ javaScriptEnabled: false });
    const status = async (/** @type {string} */ path) => (await page.goto(guarded.origin + path))?.status();
    assert.equal(await status("/t/acme/audit"), 401);
    await page.getByRole("button", { name: "Sign in as the operator" }).click();
    await page.getByLabel("The operator's token").fill(TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.equal(await status("/t/acme/audit"), 200);
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
    await status("/sign-in");
    await page.getByRole("button", { name: "Sign out" }).click();
    assert.equal(await status("/t/acme/audit"), 401);
    // The browser says of itself that a page was refused.
    assert.deepEqual(complaints.filter((text) => !text.startsWith("Failed to load resource")), []);
    await page.context().close();
  } finally {
    await guarded.stop();
    await rm(folder, { recursive: true, force: true });
  }
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
