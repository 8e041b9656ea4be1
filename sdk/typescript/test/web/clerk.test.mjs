// The drop-in beside the real @clerk/shared: the same helpers, the same members, and a real collector that keeps it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as theirs from '@clerk/shared/telemetry';
import * as ours from 'aboveboard/clerk';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';
import { bundle, kept, servePages, startProfile } from './stage.mjs';

const CALLS = [
  ['eventComponentMounted', 'SessionTask', { task: 'choose' }],
  ['eventComponentMounted', 'SignIn'],
  ['eventPrebuiltComponentMounted', 'SignIn', { appearance: { theme: {}, variables: {} } }, { withSignUp: false }],
  ['eventPrebuiltComponentMounted', 'UserButton'],
  ['eventPrebuiltComponentOpened', 'SignIn', { appearance: { elements: {} } }],
  ['eventMethodCalled', 'useAuth', { treatPendingAsSignedOut: true }],
  ['eventFrameworkMetadata', { router: 'app', nextjsVersion: '16.4.6' }],
  ['eventFlowStepMounted', 'configureSSO', 'activate', { organizationId: 'org_secret' }],
  ['eventThemeUsage', { theme: [{}, { name: 'dark' }, 'shadcn'] }],
];

let collector, pages, profile, folder;

before(async () => {
  [profile, folder] = await Promise.all([startProfile(), mkdtemp(join(import.meta.dirname, 'node_modules/.clerk-'))]);
  const catalogs = join(import.meta.dirname, 'catalogs');
  collector = await startCollector(['--catalogs', catalogs]);
  const generate = ['catalog', 'generate', '--typescript', join(catalogs, 'acme-auth')];
  await writeFile(join(folder, 'acme-auth.ts'), execFileSync(process.env.ABOVEBOARD_BINARY, generate));
  pages = await servePages({
    clerk: bundle(`
      import { TelemetryCollector } from 'aboveboard/clerk';
      import { acmeAuth as vocabulary } from '${join(folder, 'acme-auth.ts')}';
      globalThis.collector = (more) => (globalThis.it = new TelemetryCollector({ vocabulary, notice: false, sdk: '@acme/react', sdkVersion: '6.18.0', ...more }));
    `),
  });
});

after(async () => {
  await Promise.all([pages?.stop(), collector?.stop(), profile?.remove(), rm(folder, { recursive: true, force: true })]);
});

test('the helpers say what the real ones say', () => {
  for (const [name, ...given] of CALLS) assert.deepEqual(ours[name](...given), theirs[name](...given), name);
  for (const appearance of [undefined, {}, { theme: 'dark' }, { theme: { name: 'dark' } }, { theme: [] }, { theme: { name: 7 } }]) {
    assert.deepEqual(ours.eventThemeUsage(appearance), theirs.eventThemeUsage(appearance));
  }
});

test('every helper of the real package is there', () => {
  const helpers = (it) => Object.keys(it).filter((name) => typeof it[name] === 'function').sort();
  assert.deepEqual(helpers(ours), helpers(theirs));
});

test('every member of the real collector is there', () => {
  const members = (it) => Object.getOwnPropertyNames(it.TelemetryCollector.prototype).sort();
  assert.deepEqual(members(ours).filter((name) => name !== 'flush'), members(theirs));
});

test('events arrive, and neither key nor log does', async () => {
  const browser = await profile.launch();
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/clerk`);
  const bodies = [];
  page.on('request', (request) => bodies.push(request.postData() ?? ''));
  const publishableKey = 'pk_test_c2VjcmV0';
  const events = CALLS.map(([name, ...given]) => theirs[name](...given));
  const state = await page.evaluate(
    async ([options, events]) => {
      collector(options);
      for (const event of [...events, ...events]) it.record(event);
      it.recordLog({ message: 'secret', level: 'error' });
      await it.flush();
      return [it.isEnabled, it.isDebug, collector({ ...options, disabled: true }).isEnabled, collector({ ...options, publishableKey: 'pk_live_x' }).isEnabled];
    },
    [{ endpoint: collector.origin, publishableKey, secretKey: 'sk_test_secret', perEventSampling: false }, events],
  );
  assert.deepEqual(state, [true, false, false, false]);
  assert.deepEqual(await kept(collector, 'event', 'acme-auth'), { component_mounted: 4, component_opened: 1, method_called: 1, framework_metadata: 1, flow_step_mounted: 1, theme_usage: 1 });
  assert.ok(bodies.length > 0 && bodies.every((body) => !/secret|c2VjcmV0|pk_test/.test(body)));
  await browser.close();
});
