/**
 * Takes the pictures of the pages for the documentation: `node pictures.js DEMO DEV`, the addresses of a running
 * `aboveboard demo` and `aboveboard dev`.
 *
 * Each page is taken whole, light and dark, 1280 and 390 px wide; of those that the README shows, the top as well.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { startChromium } from "./chromium.js";

const FOLDER = fileURLToPath(new URL("../../../../docs/images/", import.meta.url));
const PAGES = {
  first: "/",
  overview: "/t/acme",
  "overview-nextjs": "/t/nextjs",
  "overview-clerk": "/t/clerk",
  panel: "/t/acme/command_time",
  explore: "/t/acme/explore?measure=p75:command_finished.duration&by=command_finished.command&bucket=week",
  errors: "/t/acme/errors",
  error: "/t/acme/errors/ACME_CONFIG_INVALID",
  audit: "/t/acme/audit",
  "sign-in": "/sign-in",
  transparency: "/transparency/acme",
  catalogue: "/catalog/acme",
  "public-errors": "/errors/acme",
  "public-error": "/errors/acme/ACME_CONFIG_INVALID",
};

const OF_THE_README = ["overview", "transparency"];
const TOP = { x: 0, y: 0, width: 1280, height: 1400 };

const [demo, dev] = process.argv.slice(2);
if (!demo || !dev) throw new Error("`node pictures.js DEMO DEV`, with the addresses that `aboveboard demo` and `dev` print");
const addresses = [...Object.entries(PAGES).map(([name, path]) => [name, demo + path]), ["dev", `${dev}/dev`]];
await mkdir(FOLDER, { recursive: true });
const browser = await startChromium(chromium);
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of [1280, 390]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    for (const [name, address] of addresses) {
      const answer = await page.goto(address);
      if (!answer?.ok()) throw new Error(`${address} answers ${answer?.status()}`);
      const picture = `${FOLDER}${name}`;
      await page.screenshot({ path: `${picture}-${width}-${colorScheme}.png`, fullPage: true });
      if (width === TOP.width && OF_THE_README.includes(name)) {
        await page.screenshot({ path: `${picture}-top-${colorScheme}.png`, fullPage: true, clip: TOP });
      }
    }
    await page.close();
  }
}
await browser.close();
