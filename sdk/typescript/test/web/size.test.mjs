// What the SDK adds to a page: minified by esbuild, compressed by gzip. What debugging shows is loaded when somebody does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildSync, transformSync } from 'esbuild';

const BROWSER_BYTES_MAX = 3 * 1024;
const REACT_MORE_BYTES_MAX = 1024;
const FEEDBACK_BYTES_MAX = 1536;
const CONSENT_BYTES_MAX = 2048;
const CONSENT_CSS_BYTES_MAX = 1024;

function size(code) {
  const stdin = { contents: code, resolveDir: import.meta.dirname };
  const options = { bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022', outdir: 'out', write: false };
  const { outputFiles } = buildSync({ ...options, stdin, external: ['react'] });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

function sheetSize(element) {
  const sheet = readFileSync(join(import.meta.dirname, `node_modules/aboveboard/dist/esm/elements/${element}.css`), 'utf8');
  return gzipSync(transformSync(sheet, { loader: 'css', minify: true }).code, { level: 9 }).length;
}

test('a page grows by 3 kB at most, one of React by 1 kB more', (context) => {
  const browser = size("export { open } from 'aboveboard/browser'");
  const react = size("export * from 'aboveboard/react'; export { open } from 'aboveboard/browser'");
  const sampling = size("export { oneIn } from 'aboveboard/sampling'; export { open } from 'aboveboard/browser'");
  const clerk = size("export { TelemetryCollector } from '@clerk/shared/telemetry'");
  context.diagnostic(`open ${browser} B, react ${react - browser} B more, sampling ${sampling - browser} B more; @clerk/shared ${clerk} B`);
  assert.ok(browser <= BROWSER_BYTES_MAX && browser > 1000, `${browser}`);
  assert.ok(react - browser <= REACT_MORE_BYTES_MAX, `${react - browser}`);
});

test('who imports it and does not use it, carries nothing', () => {
  assert.ok(size("import { open } from 'aboveboard/browser'; import { useTelemetry } from 'aboveboard/react'") < 60);
});

test('an element is no larger than what was promised', (context) => {
  const feedback = size("import 'aboveboard/elements/error-feedback'");
  const consent = size("import 'aboveboard/elements/consent-banner'");
  const css = sheetSize('consent-banner');
  context.diagnostic(`error-feedback ${feedback} B, its sheet ${sheetSize('error-feedback')} B; consent-banner ${consent} B, its sheet ${css} B`);
  assert.ok(feedback <= FEEDBACK_BYTES_MAX && feedback > 500, `${feedback}`);
  assert.ok(consent <= CONSENT_BYTES_MAX && consent > 500, `${consent}`);
  assert.ok(css <= CONSENT_CSS_BYTES_MAX && css > 300, `${css}`);
});
