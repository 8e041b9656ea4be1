/**
 * A real Chromium for tests, with a profile of its own and nothing that talks to anybody but us.
 */

/** What keeps it silent, and lets it run in a container without a screen. */
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a start, or a wait for something in a page, may take on a machine under load. */
export const PATIENCE_MS = 120_000;

/**
 * Starts one. The caller's own playwright drives it, so that this file needs no package.
 *
 * @param {import("playwright-core").BrowserType} driver
 * @param {import("playwright-core").LaunchOptions} [options]
 * @returns {Promise<import("playwright-core").Browser>}
 */
export function startChromium(driver, options = {}) {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error("`CHROMIUM` names no browser: run `cargo xtask test web`");
  return driver.launch({ timeout: PATIENCE_MS, ...options, executablePath, args: [...SWITCHES, ...(options.args ?? [])] });
}
