/**
 * Pages without their script, and with the colours of the reader instead of ours.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { browsing } from "./browsing.js";

const { origin, watched } = browsing();

test("without script, a control changes the address and the numbers", async () => {
  const { page } = await watched({ javaScriptEnabled: false });
  await page.goto("/t/acme/active-machines");
  const before = await page.locator("table.sheet tbody").first().textContent();
  await page.locator(".controls summary").click();
  await page.getByRole("navigation", { name: "System" }).getByRole("link", { name: "linux" }).click();
  await page.waitForURL(/\?.*os=linux/);
  assert.notEqual(await page.locator("table.sheet tbody").first().textContent(), before);
  await page.context().close();
});

test("without script, a click on a row shows only that row's part, and another takes it back", async () => {
  const { page } = await watched({ javaScriptEnabled: false });
  await page.goto("/t/acme/commands");
  const row = page.locator("table.ranked tbody th a").first();
  const name = await row.textContent();
  await row.click();
  await page.waitForURL(/where=/);
  const filter = page.locator(".filters a").first();
  assert.ok((await filter.textContent())?.includes(name ?? "?"), `${name} in the filters`);
  await filter.click();
  await page.waitForURL((url) => !url.search.includes("where="));
  await page.context().close();
});

test("without script, every drawing has its table", async () => {
  const { page } = await watched({ javaScriptEnabled: false });
  await page.goto("/t/acme");
  const figures = await page.locator("figure.chart").all();
  assert.ok(figures.length > 9, `${figures.length} figures`);
  for (const figure of figures) assert.ok(await figure.locator("table tbody tr").count(), await figure.innerHTML());
  await page.locator("figure.chart details summary").first().click();
  assert.equal(await page.locator("figure.chart details table").first().isVisible(), true);
  await page.context().close();
});

test("without script, a question is asked and answered", async () => {
  const { page } = await watched({ javaScriptEnabled: false });
  await page.goto("/t/acme/explore");
  await page.locator("select[name=by]").first().selectOption("os");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.waitForURL(/by=os/);
  assert.match((await page.locator("table.sheet").last().textContent()) ?? "", /linux/);
  await page.context().close();
});

test("without script, one sees and deletes what one sent", async () => {
  const machine = "9d1f0c6a7b3e4d52a8c1e0f4b7d6938555aa0c1e9d1f0c6a7b3e4d52a8c1e0f4";
  const context = { anonymousId: machine, projectId: machine, sessionId: machine };
  const meta = { systemPlatform: "linux", systemArchitecture: "x64", isCI: false, nextVersion: "15.5.4" };
  const events = [{ eventName: "NEXT_CLI_SESSION_STARTED", fields: { nodeVersion: "v22.21.1", cliCommand: "build" } }];
  const taken = await fetch(`${origin()}/api/v1/record`, { method: "POST", body: JSON.stringify({ meta, context, events }) });
  assert.equal(taken.status, 200);

  const { page } = await watched({ javaScriptEnabled: false });
  /** What is answered, once it says this. */
  const answer = (/** @type {RegExp} */ hasText) => page.locator("#yours .answer").filter({ hasText }).textContent();
  await page.goto("/transparency/nextjs");
  await page.locator("#number").fill(machine);
  await page.getByRole("button", { name: "Look it up" }).click();
  await answer(/cli_session_started|session/i);
  await page.locator("#number").fill(machine);
  await page.getByRole("button", { name: /Delete/ }).click();
  const written = /[0-9A-Z]{4}-[0-9A-Z]{4}/;
  const receipt = written.exec((await answer(written)) ?? "")?.[0];
  assert.ok(receipt, "a receipt");
  await page.locator("#number").fill(receipt);
  await page.getByRole("button", { name: "Look it up" }).click();
  await answer(/hidden|no answer|erased|deleted/i);
  await page.context().close();
});

test("with the reader's own colours, lines differ by their dashes and areas by their borders", async () => {
  const { page } = await watched({ forcedColors: "active" });
  await page.goto("/t/acme");
  const charts = await page.locator("svg.plane").evaluateAll((planes) =>
    planes.map((plane) => {
      const lines = [...plane.querySelectorAll("path.l:not(.veiled, .so)")].map((line) => getComputedStyle(line));
      const areas = [...plane.querySelectorAll("path.a")].map((area) => getComputedStyle(area));
      return {
        lines: lines.map((style) => `${style.strokeDasharray} ${style.strokeWidth}`),
        bordered: areas.every((style) => style.stroke !== style.fill),
      };
    }),
  );
  assert.ok(charts.some(({ lines }) => lines.length > 1), "lines beside each other");
  for (const { lines, bordered } of charts) {
    assert.equal(new Set(lines).size, lines.length, lines.join(", "));
    assert.ok(bordered);
  }
  await page.context().close();
});
