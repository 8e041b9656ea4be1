/**
 * Takes the pictures of the pages for the documentation: `node pictures.js http://127.0.0.1:7300`, of a running demo.
 *
 * Each page is taken light and dark, 1280 and 390 px wide, and cut where it is taller than a picture is good for.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { startChromium } from "./chromium.js";

const FOLDER = fileURLToPath(new URL("../../../../docs/images/", import.meta.url));
const PAGES = {
  overview: "/t/acme",
  "overview-nextjs": "/t/nextjs",
  "overview-clerk": "/t/clerk",
  panel: "/t/acme/command_time",
  explore: "/t/acme/explore?measure=p75:command_finished.duration&by=command_finished.command&bucket=week",
  transparency: "/transparency/acme",
};
const WIDTHS = [
  { width: 1280, height: 1400 },
  { width: 390, height: 1400 },
];

const origin = process.argv[2];
if (!origin) throw new Error("`node pictures.js ORIGIN`, with the origin that `aboveboard demo` prints");
await mkdir(FOLDER, { recursive: true });
const browser = await startChromium(chromium);
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const viewport of WIDTHS) {
    const page = await browser.newPage({ baseURL: origin, colorScheme, viewport });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(path);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width: viewport.width, height: Math.min(height, viewport.height) };
      await page.screenshot({ path: `${FOLDER}${name}-${viewport.width}-${colorScheme}.png`, clip });
    }
    await page.close();
  }
}
await browser.close();
