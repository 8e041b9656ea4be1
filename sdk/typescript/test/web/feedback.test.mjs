// `<error-feedback>` in a real browser: what is shown is what is sent, nothing before a click, and nothing said that is
// not so. The development server of a tool answers as its contract says; `endpoint` of a test decides which way.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { listen, until } from './stage.mjs';
import { bodiesTo, faults, isTooWide, policyOf, startSite, watched } from './site.mjs';

const SENDS = { tool: 'acme', events: [{ event: 'feedback_given', fields: { code: 'ACME_CONFIG_MISSING', helpful: true, surface: 'overlay' } }] };
const onward = (vote) => JSON.stringify(SENDS).replace('"helpful":true', vote);
const UNDO_MS = 5000;

let browser, site, collector, local, batches;

/** The development server: `local` says how it answers. */
async function answers(request, response) {
  const { pathname } = new URL(request.url, 'http://site');
  if (pathname !== '/__aboveboard/feedback') return false;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  local.requests.push(`${request.method} ${Buffer.concat(chunks)}`);
  if (local.gone) return response.destroy(), true;
  const [status, body] = request.method === 'GET' ? [200, { enabled: true, reason: null, sends: SENDS, voted: false, ...local.look }] : local.answer;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}

before(async () => {
  collector = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    batches.push(body);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end(JSON.stringify({ received: 1, kept: 1, rejected: local.rejected ?? {} }));
  });
  const docs = `<error-feedback code="ACME_DISK_FULL" tool="acme" endpoint="${collector.origin}/v1/batches" surface="docs"></error-feedback>`;
  const overlay = '<error-feedback code="ACME_CONFIG_MISSING" endpoint="/__aboveboard/feedback" surface="overlay"></error-feedback>';
  const german = overlay.replace(' surface', ` texts='{"Was this helpful?":"War das hilfreich?","Yes":"Ja","wrong cause":"Falsche Ursache"}' surface`);
  const bodies = { '/docs': docs, '/de': german };
  site = await startSite({
    element: 'error-feedback',
    script: "import 'aboveboard/elements/error-feedback'",
    page: ({ url }) => `<main><h1>No acme.toml was found</h1>${bodies[url] ?? overlay}<p><a href="/next">Next</a></p></main>`,
    answers,
    policy: policyOf(collector.origin),
  });
  browser = await startChromium(chromium);
});

after(async () => {
  await browser?.close();
  await Promise.all([site?.stop(), collector?.stop()]);
});

beforeEach(() => {
  local = { requests: [], answer: [202, {}], look: {} };
  batches = [];
});

/** The page, with a clock that only the test moves, once the element has asked whether it may. */
async function asked(path = '/', options = {}) {
  const { context, page, complaints } = await watched(browser, options);
  await page.clock.install();
  const looked = path === '/docs' ? undefined : page.waitForResponse((response) => response.url().includes('/__aboveboard/feedback') && response.request().method() === 'GET').catch(() => {});
  await page.goto(site.origin + path);
  await page.getByRole('button', { name: 'Undo', includeHidden: true }).waitFor({ state: 'attached' });
  if (!local.gone) await looked;
  const button = (name) => page.getByRole('button', { name, exact: true });
  const exact = () => page.locator('error-feedback pre').textContent().then((text) => text.split('\n'));
  return { context, page, complaints, button, exact, status: page.getByRole('status') };
}

const says = (locator, text) => locator.filter({ hasText: text }).waitFor();

test('what is shown before the click is what is sent, byte for byte, and what the tool says onward', async () => {
  const { context, page, complaints, button, exact, status } = await asked();
  const bodies = bodiesTo(page, '/__aboveboard/feedback');
  await page.getByText('What gets sent').click();
  await says(page.locator('pre'), 'surface');
  const shown = await exact();
  assert.deepEqual(shown, ['{"code":"ACME_CONFIG_MISSING","helpful":true}', '{"code":"ACME_CONFIG_MISSING","helpful":false}', JSON.stringify(SENDS)]);
  await button('Yes').click();
  assert.deepEqual(await exact(), [shown[0], shown[2]]);
  assert.equal(await button('Yes').getAttribute('aria-pressed'), 'true');
  assert.deepEqual([bodies, await status.textContent()], [[], ''], 'nothing is said of what did not happen yet');
  await page.clock.runFor(UNDO_MS);
  await says(status, 'Sent. Thank you.');
  assert.deepEqual(bodies, [shown[0]]);
  assert.equal(await button('Yes').getAttribute('aria-disabled'), 'true');
  await button('No').click({ force: true });
  assert.deepEqual([bodies.length, complaints], [1, []], 'one vote, and no complaint of the policy');
  await context.close();
});

test('a no is asked for its reason, and waits for it; none is needed', async () => {
  for (const [press, body] of [
    ['wrong cause', '{"code":"ACME_CONFIG_MISSING","helpful":false,"reason":"wrong_cause"}'],
    ['fix did not work', '{"code":"ACME_CONFIG_MISSING","helpful":false,"reason":"fix_did_not_work"}'],
    ['Send', '{"code":"ACME_CONFIG_MISSING","helpful":false}'],
  ]) {
    const { context, page, button, exact, status } = await asked();
    const bodies = bodiesTo(page, '/__aboveboard/feedback');
    await button('No').click();
    await page.clock.runFor(100 * UNDO_MS);
    assert.deepEqual(bodies, [], 'whoever thinks about it is not hurried');
    assert.equal(await page.getByRole('group', { name: 'Why not? (optional)' }).getByRole('button').count(), 4);
    await button(press).click();
    await says(status, 'Sent. Thank you.');
    assert.deepEqual([bodies, await exact()], [[body], [body, onward(body.slice(body.indexOf('"helpful'), -1))]]);
    await context.close();
  }
});

test('undo takes it back: nothing is sent, and the other can be said', async () => {
  const { context, page, button, status } = await asked();
  const bodies = bodiesTo(page, '/__aboveboard/feedback');
  await button('Yes').click();
  await button('Undo').click();
  await page.clock.runFor(10 * UNDO_MS);
  assert.deepEqual([bodies, await button('Yes').getAttribute('aria-pressed')], [[], 'false']);
  assert.ok(await button('Yes').evaluate((element) => element === document.activeElement), 'the focus is not lost with the button');
  await button('No').click();
  await button('Send').click();
  await says(status, 'Sent.');
  assert.deepEqual(bodies.map((body) => JSON.parse(body).helpful), [false]);
  await context.close();
});

test('whoever leaves the page, or is shown another error, has said it', async () => {
  const { context, page, button } = await asked();
  await button('No').click();
  await page.locator('error-feedback').evaluate((element) => element.setAttribute('code', 'ACME_DISK_FULL'));
  await button('Yes').click();
  await page.getByRole('link', { name: 'Next' }).click();
  const posts = () => local.requests.filter((request) => request.startsWith('POST'));
  await until('both arrive', () => posts().length === 2);
  assert.deepEqual(posts().sort(), ['POST {"code":"ACME_CONFIG_MISSING","helpful":false}', 'POST {"code":"ACME_DISK_FULL","helpful":true}']);
  await context.close();
});

test('what was not taken is said to be not sent, with the reason, and can be tried again', async () => {
  const { context, page, button, status } = await asked();
  const bodies = bodiesTo(page, '/__aboveboard/feedback');
  local.answer = [422, { reason: 'ACME_CONFIG_MISSING is not declared' }];
  await button('Yes').click();
  await button('Send').click();
  await says(status, 'Not sent: ACME_CONFIG_MISSING is not declared');
  local.answer = [500, {}];
  await button('Send').click();
  await says(status, 'Not sent: 500');
  local.gone = true;
  await button('Send').click();
  await says(status, 'Not sent: nobody answered');
  Object.assign(local, { gone: false, answer: [202, {}] });
  await button('Send').click();
  await says(status, 'Sent. Thank you.');
  assert.equal(new Set(bodies).size, 1, 'the same each time');
  await context.close();
});

for (const reason of ['ACME_TELEMETRY_DISABLED is set', 'DO_NOT_TRACK is set', 'telemetry is off: `acme telemetry on` changes it', 'telemetry is off in CI', 'ACME_FEEDBACK=0']) {
  test(`off says why, can be reached by keyboard, and sends nothing: ${reason}`, async () => {
    local.look = { enabled: false, reason };
    const { context, page, complaints, button, status } = await asked();
    const bodies = bodiesTo(page, '/__aboveboard/feedback');
    await says(status, reason);
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    assert.deepEqual([await focused.textContent(), await focused.getAttribute('aria-disabled'), await focused.getAttribute('aria-description')], ['Yes', 'true', reason]);
    await button('No').click({ force: true });
    await button('Yes').focus();
    await page.keyboard.press('Enter');
    await page.clock.runFor(10 * UNDO_MS);
    const pressed = await page.locator('[aria-pressed]').evaluateAll((buttons) => buttons.map((element) => element.ariaPressed));
    assert.deepEqual([pressed, await faults(page), bodies, complaints], [['false', 'false'], [], [], []]);
    await context.close();
  });
}

test('what was said this month is not asked again, and the endpoint is believed', async () => {
  local.look = { voted: true };
  const { context, button, status } = await asked();
  await says(status, 'You answered this month.');
  assert.equal(await button('No').getAttribute('aria-disabled'), 'true');
  await context.close();
  local = { requests: [], answer: [409, { reason: 'voted' }], look: {} };
  const late = await asked();
  await late.button('Yes').click();
  await late.button('Send').click();
  await says(late.status, 'You answered this month.');
  await late.context.close();
});

test('a docs page sends one batch to the collector after a click, and remembers it for the month', async () => {
  const { context, page, complaints, button, exact, status } = await asked('/docs');
  await page.clock.runFor(10 * UNDO_MS);
  assert.deepEqual(batches, [], 'nothing by itself');
  await button('No').click();
  const [shown] = await exact();
  await button('Send').click();
  await says(status, 'Sent. Thank you.');
  const { id, day, ...batch } = JSON.parse(batches[0]);
  assert.deepEqual([batches, id.length], [[shown], 32]);
  assert.deepEqual(batch, { v: 1, tool: 'acme', events: [{ event: 'feedback_given', fields: { code: 'ACME_DISK_FULL', helpful: false, surface: 'docs' } }] });
  assert.deepEqual(await page.evaluate(() => ({ ...localStorage })), { 'error-feedback:acme/ACME_DISK_FULL': day.slice(0, 7) });
  await page.reload();
  await says(status, 'You answered this month.');
  await page.evaluate(() => (localStorage['error-feedback:acme/ACME_DISK_FULL'] = '2020-01'));
  await page.reload();
  await button('Yes').and(page.locator('[aria-disabled=false]')).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a vote that the collector turns away is not said to be sent, nor remembered', async () => {
  local.rejected = { vote_foreign: 1 };
  const { context, page, button, status } = await asked('/docs');
  await button('Yes').click();
  await button('Send').click();
  await says(status, 'Not sent: vote_foreign');
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await context.close();
});

test('a browser that keeps nothing can vote too', async () => {
  const { context, page } = await watched(browser);
  await page.addInitScript("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })");
  await page.goto(`${site.origin}/docs`);
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await says(page.getByRole('status'), 'Sent. Thank you.');
  await context.close();
});

test('axe finds nothing in any state, light or dark; buttons are large enough; 400 % and forced colours leave it usable', async () => {
  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active' }, { viewport: { width: 320, height: 256 } }]) {
    const { context, page, complaints, button } = await asked('/', options);
    assert.deepEqual(await faults(page), []);
    await page.getByText('What gets sent').click();
    await button('No').click();
    assert.deepEqual([await faults(page), await isTooWide(page)], [[], false]);
    for (const box of await page.locator('error-feedback button:visible, summary').evaluateAll((all) => all.map((element) => element.getBoundingClientRect()))) {
      assert.ok(box.width >= 24 && box.height >= 24, `${box.width} × ${box.height}`);
    }
    const borders = () => Promise.all(['Yes', 'No'].map((name) => button(name).evaluate((element) => { const { borderWidth, boxShadow } = getComputedStyle(element); return borderWidth + boxShadow; })));
    const [plain, pressed] = await borders();
    assert.notEqual(plain, pressed, 'pressed is seen, whatever the colours');
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/feedback-${JSON.stringify(options).replace(/\W+/g, '-')}.png` });
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('other words are those of the page', async () => {
  const { context, page, button } = await asked('/de');
  await page.getByRole('group', { name: 'War das hilfreich?' }).waitFor();
  await button('No').click();
  await button('Falsche Ursache').waitFor();
  await button('Ja').waitFor();
  await context.close();
});

test('the component of React asks anew for another code, and a server renders nothing of it', async () => {
  const script = `
    import { createRoot } from 'react-dom/client';
    import { renderToString } from 'react-dom/server';
    import { ErrorFeedback } from 'aboveboard/react/elements';
    const element = (code) => <ErrorFeedback code={code} endpoint="/__aboveboard/feedback" texts={{ Yes: 'Oui' }} />;
    const root = createRoot(document.getElementById('root'));
    globalThis.show = (code) => root.render(element(code));
    globalThis.rendered = renderToString(element('ACME_X'));
    show('ACME_CONFIG_MISSING');
  `;
  const react = await startSite({ element: 'error-feedback', script, page: () => '<main><h1>Acme</h1><div id=root></div></main>', answers });
  const { context, page, complaints } = await watched(browser);
  await page.goto(react.origin);
  await page.locator('pre').filter({ hasText: 'ACME_CONFIG_MISSING' }).waitFor({ state: 'attached' });
  await page.evaluate(() => show('ACME_DISK_FULL'));
  await page.locator('pre').filter({ hasText: 'ACME_DISK_FULL' }).waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Oui' }).waitFor();
  assert.deepEqual([await page.evaluate(() => rendered), complaints], ['', []]);
  await context.close();
  await react.stop();
});

test('a server can load it', async () => {
  await import('aboveboard/elements/error-feedback');
  await import('aboveboard/react/elements');
});
