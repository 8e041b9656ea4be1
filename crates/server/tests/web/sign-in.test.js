/**
 * How the operator comes in and goes out again, by forms that need no script.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing } from "./browsing.js";
import { TOKEN, startGuarded } from "./collector.js";

const { watched } = browsing(startGuarded);

test("the operator signs in and out with plain forms", async () => {
  const { page, complaints } = await watched({ javaScriptEnabled: false });
  const status = async (/** @type {string} */ path) => (await page.goto(path))?.status();
  assert.equal(await status("/t/acme/audit"), 401);
  await page.getByRole("button", { name: "Sign in as the operator" }).click();
  await page.getByLabel("The operator's token").fill(TOKEN);
  await led(page, "Sign in");
  assert.equal(await status("/t/acme/audit"), 200);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
  await status("/sign-in");
  await led(page, "Sign out");
  assert.equal(await status("/t/acme/audit"), 401);
  // The browser says of itself that a page was refused.
  assert.deepEqual(complaints.filter((text) => !text.startsWith("Failed to load resource")), []);
  await page.context().close();
});

/**
 * Presses a button, and waits for the page that it leads to.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
async function led(page, name) {
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name }).click()]);
}
