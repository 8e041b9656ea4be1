/**
 * Every page that can be reached by links, and every one that no link leads to: its policy, who it asks, and what axe
 * finds, wide and narrow, light and dark.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing } from "./browsing.js";
import { startDev, startGuarded } from "./collector.js";
import { look, lookAgain, notVisited } from "./looking.js";

/** What must be among the pages that were found, so that a broken link cannot make the walk short. */
const ERRORS = ["/t/acme/errors", "/t/acme/errors/ACME_CONFIG_INVALID", "/errors/acme", "/errors/acme/ACME_CONFIG_INVALID"];
const EXPECTED = ["/", "/sign-in", "/t/acme/versions", ...ERRORS].concat(
  ["acme", "clerk", "nextjs"].flatMap((tool) => [`/t/${tool}`, `/t/${tool}/explore`, `/t/${tool}/data-quality`, `/catalog/${tool}`, `/transparency/${tool}`]),
);
/** What no link of a first look leads to: a page as it is after choices, with mistakes in its address, or for few. */
const UNLINKED = [
  "/t/acme?range=28&compare=before&where=os:linux&colour=red", "/t/acme/explore?measure=events&by=os&by=arch", "/t/acme/audit",
];
/** How many pages are looked at at once. */
const AT_ONCE = 2;
const DAY_MS = 86_400_000;
/** So many that the public sees numbers. */
const MACHINES = 40;

const { origin, watched } = browsing();
/** The paths that were looked at, of whatever host. */
const visited = new Set();

test("every page that is linked obeys its policy, asks nobody else, and has no fault that axe knows", async (suite) => {
  const { pages, others } = await linked(origin());
  assert.deepEqual(EXPECTED.filter((path) => !pages.has(path)), []);
  assert.ok(others > 100, `${others} links to answers`);
  await walk(suite, origin(), [...pages.values(), ...UNLINKED]);
});

test("so does every page as the public sees it", async (suite) => {
  const guarded = await startGuarded();
  try {
    for (let days = 7; days < 35; days += 7) {
      for (let machine = 0; machine < MACHINES; machine += 1) await tell(guarded.origin, days, machine);
    }
    const { pages } = await linked(guarded.origin, (path) => !/^\/(t|catalog|transparency)\/(?!acme)/.test(path));
    assert.deepEqual(EXPECTED.filter((path) => /acme|^\/[^/]*$/.test(path) && !pages.has(path)), []);
    await walk(suite, guarded.origin, [...pages.values()]);
    for (const refused of ["/t/acme/audit", "/t/nobody"]) {
      await suite.test(`the problem at ${refused}`, async () => {
        const watching = await watched({}, guarded.origin);
        await watching.page.goto(refused);
        await watching.page.getByRole("heading", { level: 1 }).waitFor();
        // The browser says of itself that a page was refused.
        const found = await lookAgain(watching);
        assert.deepEqual(found.filter((line) => !line.startsWith("complaint: Failed to load resource")), []);
        await watching.page.context().close();
      });
    }
    await suite.test("a token that is none", async () => {
      const watching = await watched({}, guarded.origin);
      await watching.page.goto("/sign-in");
      await watching.page.getByLabel("The operator's token").fill("none");
      await watching.page.getByRole("button", { name: "Sign in" }).click();
      await watching.page.locator(".problem").waitFor();
      assert.deepEqual(await lookAgain(watching), []);
      await watching.page.context().close();
    });
  } finally {
    await guarded.stop();
  }
});

test("so does the page on which requests arrive", async (suite) => {
  const dev = await startDev();
  try {
    await tell(dev.origin, 0, 1, [{ event: "never_declared", fields: { path: "/home/ann" } }]);
    await tell(dev.origin, 0, 2);
    await walk(suite, dev.origin, ["/dev"]);
  } finally {
    await dev.stop();
  }
});

test("so does the answer to whoever asks what is kept of them", async () => {
  const watching = await watched();
  await watching.page.goto("/transparency/nextjs");
  await watching.page.locator("#number").fill("0123456789abcdef".repeat(4));
  await watching.page.getByRole("button", { name: "Look it up" }).click();
  await watching.page.locator("#yours .answer").waitFor();
  assert.deepEqual(await lookAgain(watching), []);
  await watching.page.context().close();
});

test("no page was left out", async () => {
  const answer = await fetch(`${origin()}/openapi.json`);
  const document = /** @type {any} */ (await answer.json());
  assert.deepEqual(notVisited(document, visited), []);
});

/**
 * Looks at pages, a few at once.
 *
 * @param {import("node:test").TestContext} suite
 * @param {string} origin
 * @param {string[]} addresses
 */
async function walk(suite, origin, addresses) {
  const left = [...addresses];
  const lane = async () => {
    const watching = await watched({}, origin);
    for (let next = left.shift(); next; next = left.shift()) {
      const address = next;
      visited.add(address.split("?")[0]);
      await suite.test(address, async () => assert.deepEqual(await look(watching, address), []));
    }
    await watching.page.context().close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/**
 * What one machine says of a day that is so many days ago.
 *
 * @param {string} origin
 * @param {number} days
 * @param {number} machine
 * @param {object[]} [further] events
 */
async function tell(origin, days, machine, further = []) {
  const fields = { command: machine % 3 ? "build" : "dev", outcome: "ok", duration: 100 + machine * 10, flags: ["minify", "watch"] };
  const batch = {
    v: 1, id: (days * 1000 + machine).toString(16).padStart(32, "0"), tool: "acme",
    day: new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10), first: ["day", "week"],
    origin: { version: days > 14 ? "1.4.0" : "2.0.0", os: machine % 4 ? "linux" : "macos", arch: "x86_64", ci: false },
    events: [{ event: "command_finished", n: 3, fields }, ...further],
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${origin}/v1/batches`, { method: "POST", headers, body: JSON.stringify(batch) });
  assert.equal(answer.status, 200, await answer.text());
}

/**
 * Follows all links of a host, one address of each page, and finds each of them answered.
 *
 * @param {string} origin
 * @param {(path: string) => boolean} [isWanted] which links are followed
 * @returns {Promise<{ pages: Map<string, string>, others: number }>} pages by their path, and how many other answers
 */
async function linked(origin, isWanted = () => true) {
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
      if (!isWanted(path) || (isAnswer ? others.has(address) : pages.has(path) || others.has(path))) continue;
      if (isAnswer) others.add(address);
      else pages.set(path, address);
      waiting.push(address);
    }
  }
  return { pages, others: others.size };
}
