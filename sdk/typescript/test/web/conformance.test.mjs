// The cases that all SDKs share, by the same checks as in Node, in a real browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, servePages, startProfile } from './stage.mjs';

const code = bundle(`
  import * as it from 'aboveboard';
  import { acme } from '../catalogs/acme.ts';
  import { acme as conformance } from '../catalogs/conformance.ts';
  import { checkEvents, checkOrigins } from '../conformance/check.mjs';
  import { checkConsent } from '../conformance/consent.mjs';
  import { checkFacts } from '../conformance/environment.mjs';
  import { checkBatches, checkReceipts } from '../conformance/wire.mjs';
  import events from '../../../../conformance/check/events.json';
  import codes from '../../../../conformance/check/codes.json';
  import origins from '../../../../conformance/check/origins.json';
  import batches from '../../../../conformance/wire/batches.json';
  import receipts from '../../../../conformance/wire/receipts.json';
  import facts from '../../../../conformance/environment/facts.json';
  import variables from '../../../../conformance/consent/variables.json';
  import debug from '../../../../conformance/consent/debug.json';
  import policies from '../../../../conformance/consent/policies.json';
  import choice from '../../../../conformance/consent/choice.json';
  import notice from '../../../../conformance/consent/notice.json';
  import defaults from '../../../../conformance/consent/defaults.json';

  const consent = [variables, debug, policies, choice, notice, defaults];
  globalThis.run = () => ({
    check: checkEvents(it, conformance, events) + checkOrigins(it, conformance, origins),
    codes: checkEvents(it, acme, codes),
    wire: checkBatches(it, batches) + checkReceipts(it, receipts),
    consent: consent.map((file) => checkConsent(it, file)).reduce((sum, count) => sum + count),
    environment: checkFacts(it, facts),
  });
`);

let pages, profile, browser;

before(async () => {
  pages = await servePages({ code });
  profile = await startProfile();
  browser = await profile.launch();
});

after(async () => {
  await browser?.close();
  await Promise.all([pages?.stop(), profile?.remove()]);
});

test('what is judged, decided, written and told is the same in a browser', async () => {
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/code`);
  const counts = await page.evaluate(() => run());
  assert.ok(counts.check >= 52 && counts.codes >= 20 && counts.wire >= 39 && counts.consent >= 200 && counts.environment >= 60, JSON.stringify(counts));
});
