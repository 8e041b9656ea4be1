// `<consent-banner>` in a real browser, on a site whose server is `consentHandler`: what holds and who is asked, with and
// without script, under the strictest policy; and what it never touches.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { consentHtml } from 'aboveboard/elements';
import { consentHandler } from 'aboveboard/node';
import { startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { listen, until } from './stage.mjs';
import { bodiesTo, faults, isTooWide, policyOf, startSite, watched } from './site.mjs';

const DELETES = { analytics: ['_visits', '_ac*'] };
const SCRIPTS = "import 'aboveboard/elements/consent-banner'; window.said = []; consent.ready().then(() => said.push('ready')); document.addEventListener('consentchange', ({ detail }) => said.push(detail));";

let browser, site, collector, records, model, version, requested;

before(async () => {
  collector = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    records.push({ body, headers: request.headers });
    response.writeHead(204).end();
  });
  const choose = consentHandler({ collector: `${collector.origin}/v1/consent?tool=acme`, deletes: DELETES });
  site = await startSite({
    element: 'consent-banner',
    script: SCRIPTS,
    policy: policyOf('', 'aboveboard-consent'),
    answers: (request, response) => {
      const { pathname } = new URL(request.url, 'http://site');
      if (pathname === '/consent') return choose(request, response, assert.fail), true;
      const category = /^\/(\w+)\.gated\.js$/.exec(pathname)?.[1];
      if (!category) return false;
      requested.push(category);
      response.setHeader('content-type', 'text/javascript');
      response.end(`said.push('${category}'); document.cookie = '_visits=7; Path=/'; document.cookie = '_ac_1=7; Path=/'; document.cookie = 'mine=7; Path=/';`);
      return true;
    },
    page: ({ url, headers }) => {
      const gpc = headers['sec-gpc'] === '1' || headers.dnt === '1';
      const banner = consentHtml({ version, model, gpc, cookies: headers.cookie, action: '/consent', policy: '/privacy', path: url, deletes: DELETES });
      const gated = ['marketing', 'analytics', 'functional'].map((name) => `<script type="text/plain" data-category="${name}" data-src="/${name}.gated.js"></script>`);
      const elsewhere = `<script type="text/plain" data-category="analytics" data-src="${collector.origin}/elsewhere.js"></script>`;
      return `<a href="#main">Skip to the content</a>${banner}<main id="main"><h1>Docs</h1><p><a href="/next">Next</a></p></main><footer><a href="#privacy-settings">Privacy settings</a></footer>${gated.join('')}${elsewhere}`;
    },
  });
  browser = await startChromium(chromium);
});

after(async () => {
  await browser?.close();
  await Promise.all([site?.stop(), collector?.stop()]);
});

beforeEach(() => {
  [records, requested, model, version] = [[], [], 'opt-in', 3];
});

const property = (name, value) => `Object.defineProperty(Navigator.prototype, '${name}', { get: () => ${value} })`;

/** A visitor who opens a page; `cookie` is what they chose earlier. */
async function visitor({ headers = {}, script, cookie, path = '/', ...options } = {}) {
  const opened = await watched(browser, { extraHTTPHeaders: headers, ...options });
  if (script) await opened.page.addInitScript(script);
  if (cookie) await opened.context.addCookies([{ name: 'consent', value: cookie, url: site.origin }]);
  await opened.page.goto(site.origin + path);
  const { page } = opened;
  return {
    ...opened,
    notice: page.getByRole('region', { name: 'Your privacy' }),
    dialog: page.locator('dialog'),
    button: (name) => page.getByRole('button', { name, exact: true }).locator('visible=true'),
    footer: page.getByRole('link', { name: 'Privacy settings' }),
    cookies: async () => Object.fromEntries((await opened.context.cookies()).map(({ name, value }) => [name, value])),
  };
}

/** What holds, as the bits of the cookie, and whether the visitor is asked. */
const heldOn = (page) =>
  page.evaluate(async () => {
    const choice = await consent.ready();
    const bits = ['essential', 'marketing', 'analytics', 'functional'].map((name) => +choice[name]).join('');
    const boxes = [...document.querySelectorAll('dialog input[type=checkbox]')].map((box) => +box.checked).join('');
    if (boxes !== bits) throw new Error(`the switches say ${boxes}, and ${bits} holds`);
    return bits + (document.querySelector('consent-banner section').checkVisibility() ? ' asked' : '');
  });

const SIGNALS = {
  none: {},
  'Sec-GPC only': { headers: { 'sec-gpc': '1' } },
  'DNT only': { headers: { dnt: '1' } },
  'the property, and no header': { script: property('globalPrivacyControl', 'true') },
  'the property of DNT only': { script: property('doNotTrack', "'1'") },
  'the header, and a property that says no': { headers: { 'sec-gpc': '1' }, script: property('globalPrivacyControl', 'false') },
  both: { headers: { 'sec-gpc': '1' }, script: property('globalPrivacyControl', 'true') },
};
const SAVED = [undefined, '3.1795301474.accept.1111', '3.1795301474.deny.1000', '3.1795301474.save.1010', '2.1795301474.accept.1111', '2.1795301474.deny.1000', '4.1795301474.save.1001', '3.x.save.0111'];
const IN = {
  unsaid: ['1000 asked', '1111', '1000', '1010', '1000 asked', '1000 asked', '1001', '1000 asked'],
  signalled: ['1000', '1111', '1000', '1010', '1000', '1000', '1001', '1000'],
};
const OUT = {
  unsaid: ['1111 asked', '1111', '1000', '1010', '1111 asked', '1000 asked', '1001', '1111 asked'],
  signalled: ['1001', '1111', '1000', '1010', '1001', '1000', '1001', '1001'],
};

for (const [region, table] of Object.entries({ 'opt-in': IN, 'opt-out': OUT, 'of nobody knows where': IN })) {
  for (const [signal, how] of Object.entries(SIGNALS)) {
    test(`what holds: ${region}, ${signal}`, async () => {
      model = region;
      const { context, page, complaints } = await visitor(how);
      const found = [];
      for (const value of SAVED) {
        await context.clearCookies();
        if (value) await context.addCookies([{ name: 'consent', value, url: site.origin }]);
        await page.goto(site.origin);
        found.push(await heldOn(page));
      }
      assert.deepEqual(found, signal === 'none' ? table.unsaid : table.signalled);
      assert.deepEqual([records, complaints], [[], []], 'what nobody chose is not recorded as a choice');
      await context.close();
    });
  }
}

test('a server hides what was answered, so that nobody sees it for a moment', async () => {
  const hidden = async (headers) => /<section[^>]* hidden>/.test(await (await fetch(site.origin, { headers })).text());
  assert.deepEqual(await Promise.all([{}, { 'sec-gpc': '1' }, { dnt: '1' }, { cookie: 'a=b; consent=3.1.deny.1000' }, { cookie: 'consent=2.1.deny.1000' }].map(hidden)), [false, true, true, true, false]);
});

test('deny is as near, as large and as loud as accept, on both layers', async () => {
  const { context, page, footer, dialog, notice } = await visitor();
  const look = (scope, name) =>
    scope.getByRole('button', { name, exact: true }).evaluate((element) => {
      const { width, height } = element.getBoundingClientRect();
      const { color, backgroundColor, borderColor, borderWidth, fontSize, fontWeight, opacity } = getComputedStyle(element);
      return { width, height, color, backgroundColor, borderColor, borderWidth, fontSize, fontWeight, opacity };
    });
  assert.deepEqual(await look(notice, 'Deny'), await look(notice, 'Accept all'));
  await footer.click();
  assert.deepEqual(await look(dialog, 'Deny'), await look(dialog, 'Accept all'));
  assert.ok((await look(dialog, 'Deny')).height >= 44);
  await context.close();
});

test('what is chosen is a cookie without a number of anybody, a record, an event, and there after a reload', async () => {
  const { context, page, complaints, notice, dialog, button, cookies } = await visitor();
  const bodies = bodiesTo(page, '/consent');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await dialog.getByRole('checkbox', { name: 'Analytics' }).check();
  await button('Save').click();
  await page.getByRole('status').filter({ hasText: 'Your choice was saved.' }).waitFor({ state: 'attached' });
  assert.deepEqual([await notice.isVisible(), await dialog.isVisible()], [false, false]);
  await until('the record is passed on', () => records.length === 1);
  assert.deepEqual([bodies, records[0].body], [['v=3&act=save&bits=1010&gpc=0'], 'v=3&act=save&bits=1010&gpc=0']);
  assert.deepEqual(['cookie', 'referer', 'origin', 'x-forwarded-for'].filter((name) => name in records[0].headers), [], 'nothing of the visitor goes on');
  assert.match((await cookies()).consent, /^3\.\d{10}\.save\.1010$/);
  const [{ expires, sameSite, path }] = (await context.cookies()).filter(({ name }) => name === 'consent');
  assert.deepEqual([Math.round((expires - Date.now() / 1000) / 86400), sameSite, path], [180, 'Lax', '/']);
  await until('its script runs', () => page.evaluate(() => said.includes('analytics')));
  assert.deepEqual(await page.evaluate(() => said), ['ready', { essential: true, marketing: false, analytics: true, functional: false }, 'analytics']);
  await page.reload();
  assert.deepEqual([await heldOn(page), complaints], ['1010', []]);
  await context.close();
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing in either layer, ${scheme}; the notice takes no focus, the settings give it back`, async () => {
    const { context, page, complaints, dialog, notice, footer, cookies } = await visitor({ colorScheme: scheme });
    await notice.waitFor();
    assert.deepEqual(await faults(page), []);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/consent-notice-${scheme}.png` });
    assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    const order = [];
    for (let i = 0; i < 7; i++) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate(() => document.activeElement.textContent));
    }
    assert.deepEqual(order, ['Skip to the content', 'Privacy policy', 'Deny', 'Accept all', 'Settings', 'Next', 'Privacy settings']);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'marketing', 'the first switch that is not locked');
    assert.deepEqual(await faults(page), []);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/consent-settings-${scheme}.png` });
    await page.keyboard.press('Space');
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => !document.activeElement.closest('main, footer')), 'the page behind is out of reach');
    }
    await page.keyboard.press('Escape');
    assert.equal(await dialog.isVisible(), false);
    assert.ok(await footer.evaluate((element) => element === document.activeElement), 'where it came from');
    await footer.click();
    assert.equal(await dialog.getByRole('checkbox', { name: 'Marketing' }).isChecked(), false, 'what was not saved is forgotten');
    assert.deepEqual([await cookies(), records, await heldOn(page)], [{}, [], '1000 asked'], 'Esc decides nothing');
    await dialog.getByText('Close').click();
    assert.deepEqual([await dialog.isVisible(), complaints], [false, []]);
    await context.close();
  });
}

test('each switch says its state in a word, and Essential is locked', async () => {
  const { context, dialog, footer } = await visitor();
  await footer.click();
  const words = () => dialog.locator('label').evaluateAll((labels) => labels.map((label) => label.innerText.replace(/\s+/g, ' ')));
  assert.deepEqual(await words(), ['Essential On', 'Marketing Off', 'Analytics Off', 'Functional Off']);
  await dialog.getByRole('checkbox', { name: 'Functional' }).check();
  assert.deepEqual((await words())[3], 'Functional On');
  assert.ok(await dialog.getByRole('checkbox', { name: 'Essential' }).isDisabled());
  await context.close();
});

test('at 400 %, and in the colours of a reader, everything can be read and pressed', async () => {
  for (const options of [{ viewport: { width: 320, height: 256 } }, { forcedColors: 'active' }, { reducedMotion: 'reduce', viewport: { width: 390, height: 844 } }]) {
    const { context, page, complaints, dialog, footer, notice } = await visitor(options);
    assert.equal(await isTooWide(page), false);
    assert.deepEqual(await faults(page), []);
    if (options.viewport?.width === 320) assert.equal(await notice.evaluate((element) => getComputedStyle(element).position), 'static', 'the page is not covered');
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/consent-notice-${JSON.stringify(options).replace(/\W+/g, '-')}.png` });
    await footer.click();
    assert.deepEqual([await isTooWide(page), await faults(page)], [false, []]);
    const boxes = await page.locator('dialog :is(button, input:not([type=hidden]), a)').evaluateAll((all) => all.map((element) => element.getBoundingClientRect()));
    assert.ok(boxes.every(({ width, height, left, right }) => width >= 24 && height >= 24 && left >= 0 && right <= innerWidth(options)), JSON.stringify(boxes));
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/consent-settings-${JSON.stringify(options).replace(/\W+/g, '-')}.png` });
    await dialog.getByRole('button', { name: 'Deny' }).click();
    assert.deepEqual([await heldOn(page), complaints], ['1000', []]);
    await context.close();
  }
});

const innerWidth = ({ viewport }) => viewport?.width ?? 1000;

test('without script the notice is a form, a link shows the settings, and choosing leads back', async () => {
  const { context, page, notice, dialog, footer, button, cookies } = await visitor({ javaScriptEnabled: false, path: '/docs?page=2' });
  await notice.waitFor();
  assert.equal(await dialog.isVisible(), false);
  // It is the address of this page that it leads to.
  const led = (press) => Promise.all([page.waitForEvent('load'), press]);
  await led(button('Deny').click());
  assert.equal(page.url(), `${site.origin}/docs?page=2`);
  assert.equal(await notice.isVisible(), false);
  assert.match((await cookies()).consent, /^3\.\d{10}\.deny\.1000$/);
  await footer.click();
  await dialog.waitFor();
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/consent-noscript.png` });
  await dialog.getByRole('checkbox', { name: 'Functional' }).check();
  await led(button('Save').click());
  assert.equal(page.url(), `${site.origin}/docs?page=2`);
  assert.match((await cookies()).consent, /^3\.\d{10}\.save\.1001$/);
  await footer.click();
  assert.ok(await dialog.getByRole('checkbox', { name: 'Functional' }).isChecked());
  await dialog.getByText('Close').click();
  assert.equal(await dialog.isVisible(), false);
  await footer.click();
  await button('Deny').click();
  await until('all are passed on', () => records.length === 3);
  assert.deepEqual(records.map(({ body }) => body), ['v=3&act=deny&bits=1000&gpc=0', 'v=3&act=save&bits=1001&gpc=0', 'v=3&act=withdraw&bits=1000&gpc=0']);
  await context.close();
});

test('the server takes choices from its own pages only, leads to no other host, and says no to the rest', async () => {
  const post = async (body, headers = { origin: site.origin }) => {
    const answer = await fetch(`${site.origin}/consent`, { method: 'POST', body: new URLSearchParams(body), headers, redirect: 'manual' });
    return [answer.status, answer.headers.get('location'), answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0].replace(/\d{10}/, 'T'))];
  };
  assert.deepEqual(await post({ v: '3', act: 'deny', return: '/a?b=c' }), [303, '/a?b=c', ['consent=3.T.deny.1000']]);
  assert.deepEqual(await post({ v: '3', act: 'save', bits: '1100' }), [204, null, ['consent=3.T.save.1100']]);
  const cookie = '_visits=1; _ac_2=1; mine=1; consent=3.1.accept.1111';
  assert.deepEqual(await post({ v: '3', act: 'deny' }, { origin: site.origin, cookie }), [204, null, ['consent=3.T.withdraw.1000', '_visits=', '_ac_2=']]);
  for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a\r\nset-cookie: a=b', 'docs']) {
    assert.deepEqual(await post({ v: '3', act: 'deny', return: back }), [400, null, []], back);
  }
  for (const wrong of [{}, { v: '3' }, { v: '0', act: 'deny' }, { v: '3', act: 'sell' }, { v: '1e99', act: 'deny' }]) assert.deepEqual((await post(wrong))[0], 400);
  assert.deepEqual((await post({ v: '3', act: 'accept' }, { origin: 'https://evil.example' }))[0], 403);
  assert.deepEqual((await post({ v: '3', act: 'accept' }, {}))[0], 403);
  assert.equal((await fetch(`${site.origin}/consent`)).status, 405);
});

test('nothing that needs a yes is asked for before it, nor anything from elsewhere after it', async () => {
  const { context, page, button, complaints } = await visitor();
  await page.evaluate(() => consent.ready());
  await page.waitForLoadState('networkidle');
  assert.deepEqual(requested, []);
  await button('Accept all').click();
  await until('all run', () => page.evaluate(() => said.length === 5));
  assert.deepEqual([await page.evaluate(() => said.filter((line) => typeof line === 'string')), requested.sort()], [['ready', 'marketing', 'analytics', 'functional'], ['analytics', 'functional', 'marketing']]);
  assert.deepEqual([records.filter(({ body }) => !body).length, complaints], [0, []]);
  await context.close();
  model = 'opt-out';
  const there = await visitor();
  await until('all run', () => there.page.evaluate(() => said.length === 4));
  assert.equal(await there.page.evaluate(() => said[0]), 'ready', 'also where nobody has to ask');
  await there.context.close();
});

test('what is withdrawn is gone: its cookies, and after a reload its scripts', async () => {
  const { context, page, button, footer, dialog, cookies, complaints } = await visitor({ cookie: '3.1795301474.accept.1111' });
  await until('all run', () => page.evaluate(() => said.length === 4));
  assert.deepEqual(Object.keys(await cookies()).sort(), ['_ac_1', '_visits', 'consent', 'mine']);
  await footer.click();
  await dialog.getByRole('checkbox', { name: 'Analytics' }).uncheck();
  requested = [];
  await Promise.all([page.waitForEvent('load'), button('Save').click()]);
  await until('the others run', () => page.evaluate(() => said.length === 3));
  assert.deepEqual(await page.evaluate(() => said), ['ready', 'marketing', 'functional']);
  const left = await cookies();
  assert.match(left.consent, /^3\.\d{10}\.withdraw\.1101$/);
  await until('the record', () => records.length === 1);
  assert.deepEqual([records[0].body, complaints], ['v=3&act=withdraw&bits=1101&gpc=0', []]);
  await context.close();
});

test('a second tab hears of it, and a yes wins over what the browser asks for', async () => {
  const { context, page, notice } = await visitor();
  const other = await context.newPage();
  await other.goto(site.origin);
  await page.getByRole('button', { name: 'Accept all' }).locator('visible=true').click();
  await until('the other tab knows', async () => (await heldOn(other)) === '1111');
  assert.deepEqual(await other.evaluate(() => said.filter((line) => typeof line === 'object').length), 1);
  assert.equal(await notice.isVisible(), false);
  await context.close();
  const signalled = await visitor({ headers: { 'sec-gpc': '1' } });
  await signalled.footer.click();
  await signalled.page.getByText('asks sites not to sell or share').waitFor();
  await signalled.dialog.getByRole('checkbox', { name: 'Analytics' }).check();
  await signalled.button('Save').click();
  await signalled.page.reload();
  assert.equal(await heldOn(signalled.page), '1010');
  await until('the record', () => records.length === 2);
  assert.equal(records[1].body, 'v=3&act=save&bits=1010&gpc=1');
  await signalled.context.close();
});

test('an address with #privacy-settings opens them', async () => {
  const { context, dialog, page } = await visitor({ path: '/#privacy-settings' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await dialog.isVisible(), false);
  await context.close();
});

test('a banner changes nothing of telemetry, and telemetry nothing of a banner', async () => {
  const script = `import 'aboveboard/elements/consent-banner';
    import { open } from 'aboveboard/browser';
    import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
    globalThis.telemetry = open({ vocabulary, version: '2.1.0', development: () => true, notice: false, automation: true, telemetry: false, endpoint: location.origin });`;
  const page = () => consentHtml({ version: 3, action: '/consent', policy: '/privacy' }) + '<main><h1>Docs</h1></main>';
  const answers = ({ url }, response) => url === '/consent' && (response.writeHead(204).end(), true);
  const both = await startSite({ element: 'consent-banner', script, page, answers });
  const { context, page: tab } = await watched(browser);
  await tab.goto(both.origin);
  await tab.evaluate(() => (localStorage['aboveboard:acme'] = 'of a tool'));
  await tab.getByRole('button', { name: 'Accept all' }).locator('visible=true').click();
  assert.deepEqual(await tab.evaluate(() => ({ ...localStorage })), { 'aboveboard:acme': 'of a tool' }, 'a banner keeps a cookie and nothing else');
  assert.match(await tab.evaluate(() => `${telemetry.rule()}`), /^0$/, 'a yes to a site is no yes to a tool');
  await tab.evaluate(() => telemetry.disable());
  assert.match(await tab.evaluate(() => document.cookie), /^consent=3\.\d+\.accept\.1111$/, 'a no to a tool is no no to a site');
  await context.close();
  await both.stop();
});

test('words of another language are escaped, and stand everywhere', async () => {
  const html = consentHtml({ version: 1, action: '/c?a=1&b="2"', policy: '/p', texts: { title: 'Ihre <Daten>', deny: 'Ablehnen', saved: '"Gespeichert"', off: 'Aus' } });
  for (const part of ['Ihre &lt;Daten&gt;', '>Ablehnen</button>', 'data-saved="&quot;Gespeichert&quot;"', '>Aus</span>', 'action="/c?a=1&amp;b=&quot;2&quot;"']) assert.ok(html.includes(part), part);
  assert.ok(!html.includes('<Daten>') && !html.includes('Deny'));
});

test('React renders the same on a server and takes it over without a word', async () => {
  const script = `
    import { hydrateRoot } from 'react-dom/client';
    import { renderToString } from 'react-dom/server';
    import { ConsentBanner } from 'aboveboard/react/elements';
    const options = { version: 3, action: '/consent', policy: '/privacy', deletes: { analytics: ['_ac*'] } };
    globalThis.rendered = renderToString(<ConsentBanner {...options} />);
    const root = document.getElementById('root');
    hydrateRoot(root, <ConsentBanner {...options} />);
  `;
  const { renderToString } = await import('react-dom/server');
  const { createElement } = await import('react');
  const { ConsentBanner } = await import('aboveboard/react/elements');
  const options = { version: 3, action: '/consent', policy: '/privacy', deletes: { analytics: ['_ac*'] } };
  const html = renderToString(createElement(ConsentBanner, options));
  const answers = ({ url }, response) => url === '/consent' && (response.writeHead(204).end(), true);
  const site = await startSite({ element: 'consent-banner', script, page: () => `<div id=root>${html}</div><main><h1>Docs</h1></main>`, answers });
  const { context, page, complaints } = await watched(browser);
  await page.goto(site.origin);
  await page.getByRole('button', { name: 'Deny' }).locator('visible=true').click();
  assert.equal(await heldOn(page), '1000');
  assert.deepEqual(complaints, []);
  await context.close();
  await site.stop();
});
