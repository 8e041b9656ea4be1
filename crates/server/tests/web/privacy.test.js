/**
 * What the pages say of consent is so: no visitor is given a cookie or anything else to keep, and the footer says why
 * nobody is asked. Without script, as the sentence is for everybody.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing, faults } from "./browsing.js";

const { watched } = browsing();

const PAGES = ["/", "/t/acme", "/t/acme/explore", "/transparency/acme", "/catalog/acme", "/sign-in"];

for (const javaScriptEnabled of [true, false]) {
  test(`nobody is asked, because nothing is kept, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const { page, complaints, abroad } = await watched({ javaScriptEnabled });
    for (const path of PAGES) {
      await page.goto(`${path}#privacy-settings`);
      const settings = page.locator("footer details");
      if (!(await settings.getByText("Essential: on").isVisible())) await settings.locator("summary").click();
      const said = await settings.locator("p").textContent();
      assert.match(said ?? "", /Marketing, Analytics, Functional: not used here/, path);
      assert.deepEqual(await page.context().cookies(), [], path);
      if (!javaScriptEnabled) continue;
      assert.deepEqual(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage })), [], path);
      assert.deepEqual(await faults(page), [], path);
    }
    assert.deepEqual([complaints, abroad], [[], []]);
    await page.context().close();
  });
}
