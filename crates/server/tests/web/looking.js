/**
 * One look at a page, whoever serves it: what is wrong with its policy, its requests, its width, and what axe finds.
 * `looking.test.js` plants each fault and sees it found.
 */
import { faults, tooWide } from "./browsing.js";

/** What a page's policy must say, whatever else it says. */
const POLICY = ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
/** 1280 px at 400 %. */
const MAGNIFIED = { width: 320, height: 256 };

/** Each look at a page; the last ones are the demanding ones. */
const LOOKS = /** @type {const} */ ([
  ["light, wide", "light", WIDE],
  ["dark, wide", "dark", WIDE],
  ["dark, narrow", "dark", NARROW],
  ["light, narrow", "light", NARROW],
]);

/**
 * Opens a page and looks at it wide and narrow, light and dark. It is loaded once: a browser applies another width and
 * another colour scheme to the page that is there, as it does for a reader who turns a phone.
 *
 * @param {import("./browsing.js").Watched} watching
 * @param {string} address
 * @returns {Promise<string[]>} what is wrong, each with the check that found it
 */
export async function look(watching, address) {
  await watching.page.setViewportSize(WIDE);
  await watching.page.emulateMedia({ colorScheme: "light" });
  const answer = await watching.page.goto(address);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  return [
    ...(answer?.status() === 200 ? [] : [`status: ${answer?.status()}`]),
    ...POLICY.filter((part) => !policy.split("; ").includes(part)).map((part) => `policy: no ${part}`),
    ...await lookAgain(watching),
  ];
}

/**
 * Looks at the page that is open.
 *
 * @param {import("./browsing.js").Watched} watching
 * @returns {Promise<string[]>}
 */
export async function lookAgain({ page, complaints, abroad }) {
  const found = (await inlined(page)).map((markup) => `inlined: ${markup}`);
  for (const [name, colorScheme, viewport] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    found.push(...(await faults(page)).map((fault) => `axe, ${name}: ${fault}`));
  }
  for (const viewport of [NARROW, MAGNIFIED]) {
    await page.setViewportSize(viewport);
    found.push(...(await tooWide(page)).map((markup) => `too wide at ${viewport.width}: ${markup}`));
  }
  found.push(...complaints.splice(0).map((text) => `complaint: ${text}`));
  found.push(...abroad.splice(0).map((url) => `abroad: ${url}`));
  return found;
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
 * The pages among the routes of an OpenAPI document to which none of these paths leads. A path belongs to the route
 * that spells out most of it, as in the router.
 *
 * @param {{ paths: Record<string, any> }} document
 * @param {Iterable<string>} paths
 * @returns {string[]}
 */
export function notVisited(document, paths) {
  const isPage = (/** @type {any} */ methods) => methods.get?.responses["200"]?.content?.["text/html"];
  const pages = Object.keys(document.paths).filter((path) => isPage(document.paths[path]));
  pages.sort((one, other) => one.split("{").length - other.split("{").length);
  const visited = new Set(Array.from(paths, (path) => pages.find((page) => pattern(page).test(path))));
  return pages.filter((page) => !visited.has(page));
}

/** @param {string} route */
function pattern(route) {
  return new RegExp(`^${route.replaceAll(".", "\\.").replaceAll(/\{[^}]*\}/g, "[^/]+")}$`);
}
