/**
 * Every page that can be reached by links from the first one: its policy, who it asks, and what axe finds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing, faults, tooWide } from "./browsing.js";

/** What must be among the pages that were found, so that a broken link cannot make the walk short. */
const EXPECTED = ["/", "/sign-in", "/t/acme/versions"].concat(
  ["acme", "clerk", "nextjs"].flatMap((tool) => [`/t/${tool}`, `/t/${tool}/explore`, `/t/${tool}/data-quality`, `/catalog/${tool}`, `/transparency/${tool}`]),
);
/** How many pages are looked at at once. */
const AT_ONCE = 3;
const WIDE = { width: 1280, height: 900 };
/** What can differ between two looks of one page; all other rules are checked once. */
const OF_THE_LOOK = ["color-contrast", "scrollable-region-focusable", "target-size"];

const { origin, watched } = browsing();

test("every page that is linked obeys its policy, asks nobody else, and has no fault that axe knows", async (suite) => {
  const { pages, others } = await linked(origin());
  assert.deepEqual(EXPECTED.filter((path) => !pages.has(path)), []);
  assert.ok(others > 100, `${others} links to answers`);
  const left = [...pages];
  const lane = async () => {
    const watching = await watched({ viewport: WIDE });
    for (let next = left.shift(); next; next = left.shift()) {
      const [path, address] = next;
      await suite.test(path, () => obeys(watching, address));
    }
    await watching.page.context().close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
});

/**
 * Looks at one page: wide and narrow, light and dark.
 *
 * @param {import("./browsing.js").Watched} watching
 * @param {string} address
 */
async function obeys({ page, complaints, abroad }, address) {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
  const answer = await page.goto(address);
  assert.equal(answer?.status(), 200);
  assert.deepEqual(await inlined(page), []);
  assert.deepEqual(await faults(page, OF_THE_LOOK), [], "light, wide");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  assert.deepEqual(await faults(page), [], "dark, narrow");
  assert.deepEqual(await tooWide(page), [], "narrow");
  // 1280 px at 400 %
  await page.setViewportSize({ width: 320, height: 256 });
  assert.deepEqual(await tooWide(page), [], "at 400 %");
  assert.deepEqual(complaints.splice(0), []);
  assert.deepEqual(abroad.splice(0), []);
}

/**
 * Styles and scripts that stand in the page itself.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
function inlined(page) {
  return page.evaluate(() => {
    const elements = [...document.querySelectorAll("*")];
    const inside = elements.filter((element) => element.matches("[style], style, script:not([src])") || element.getAttributeNames().some((name) => name.startsWith("on")));
    return inside.map((element) => element.outerHTML.slice(0, 120));
  });
}

/**
 * Follows all links of this host, one address of each page, and finds each of them answered.
 *
 * @param {string} origin
 * @returns {Promise<{ pages: Map<string, string>, others: number }>} pages by their path, and how many other answers
 */
async function linked(origin) {
  const pages = new Map([["/", "/"]]);
  const others = new Set();
  const waiting = ["/"];
  for (let at = waiting.shift(); at; at = waiting.shift()) {
    const answer = await fetch(origin + at);
    assert.equal(answer.status, 200, at);
    const markup = await answer.text();
    if (!answer.headers.get("content-type")?.startsWith("text/html")) {
      pages.delete(new URL(at, origin).pathname);
      others.add(at);
      continue;
    }
    for (const [, written] of markup.matchAll(/ href="(\/[^"]*)/g)) {
      const [address] = written.replaceAll(/&(amp|#38);/g, "&").split("#");
      const [path] = address.split("?");
      const isAnswer = path.startsWith("/v1/");
      if (isAnswer ? others.has(address) : pages.has(path) || others.has(path)) continue;
      if (isAnswer) others.add(address);
      else pages.set(path, address);
      waiting.push(address);
    }
  }
  return { pages, others: others.size };
}
