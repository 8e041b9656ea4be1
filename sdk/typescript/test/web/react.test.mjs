// Components of React: what is mounted is said once, whatever the renders; on a server nothing is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, kept, servePages, startAcmeUi, startProfile, wayTo } from './stage.mjs';

const development = { define: { 'process.env.NODE_ENV': '"development"' } };
const app = bundle(
  `
  import { StrictMode, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { TelemetryProvider, useRecordFramework, useRecordMounted, useTelemetry } from 'aboveboard/react';
  import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';

  function Table(props) {
    useRecordMounted('Table', props);
    const { record } = useTelemetry();
    return <button onClick={() => record('method_called', { method: 'exportTable' })}>export</button>;
  }
  function App({ endpoint }) {
    const [renders, again] = useState(0);
    const [off, setOff] = useState(false);
    globalThis.again = () => again(renders + 1);
    globalThis.switchOff = () => setOff(true);
    return (
      <TelemetryProvider vocabulary={vocabulary} version="2.1.0" development={() => true} notice={false} endpoint={endpoint} telemetry={off ? false : {}}>
        <Framework />
        {[0, 1, 2].map((i) => <Table key={i + ':' + renders} appearance={{ secret: 'dark' }} onSelect={undefined} />)}
        <Flush />
      </TelemetryProvider>
    );
  }
  function Framework() {
    useRecordFramework();
    return null;
  }
  function Flush() {
    globalThis.flush = useTelemetry().flush;
    return null;
  }
  globalThis.start = (endpoint) => createRoot(document.getElementById('root')).render(<StrictMode><App endpoint={endpoint} /></StrictMode>);
`,
  development,
);

let collector, pages, way, profile, browser;

before(async () => {
  [collector, pages, profile] = await Promise.all([startAcmeUi(), servePages({ app }), startProfile()]);
  way = await wayTo(collector.origin);
  browser = await profile.launch();
});

after(async () => {
  await browser?.close();
  await Promise.all([way?.stop(), pages?.stop(), collector?.stop(), profile?.remove()]);
});

async function rendered() {
  const page = await browser.newPage();
  await page.addInitScript(() => (globalThis.next = { version: '16.4.6', appDir: true }));
  await page.goto(`${pages.origin}/app`);
  await page.evaluate((endpoint) => start(endpoint), way.origin);
  await page.getByRole('button').first().waitFor();
  return page;
}

test('a component is said once a day, with which of its declared props were given', async () => {
  const page = await rendered();
  for (let i = 0; i < 20; i++) await page.evaluate(() => again());
  await page.evaluate(() => flush());
  await page.reload();
  await page.evaluate((endpoint) => start(endpoint), way.origin);
  await page.getByRole('button').first().click();
  await page.evaluate(() => flush());
  await page.close();
  const by = (prop) => `component_mounted.component,component_mounted.${prop}`;
  assert.deepEqual(await kept(collector, by('appearance')), { 'Table / true': 1 });
  assert.deepEqual(await kept(collector, by('on_select')), { 'Table / false': 1 });
  assert.deepEqual(await kept(collector), { component_mounted: 1, framework_found: 1, method_called: 1 });
  const found = 'framework_found.router,framework_found.framework_version';
  assert.deepEqual(await kept(collector, found), { 'app / 16.4.6': 1 });
  assert.ok(way.requests.every(({ body }) => !body.includes('secret') && !body.includes('dark')));
});

test('a prop that becomes false ends it at once, and nothing that waited is sent', async () => {
  const page = await rendered();
  await page.evaluate(() => flush());
  const before = way.requests.length;
  await page.evaluate(() => switchOff());
  await page.getByRole('button').first().click();
  await page.evaluate(() => flush());
  assert.equal(way.requests.length, before);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await page.close();
});

test('on a server nothing is opened, and what is rendered is what the components are', async () => {
  const { createElement } = await import('react');
  const { renderToString } = await import('react-dom/server');
  const { TelemetryProvider, useRecordMounted, useTelemetry } = await import('aboveboard/react');
  const options = { vocabulary: { events: {} }, development: () => assert.fail('nobody asks on a server') };
  const Table = () => (useRecordMounted('Table', {}), useTelemetry(), 'table');
  assert.equal(renderToString(createElement(TelemetryProvider, options, createElement(Table))), 'table');
  assert.equal(renderToString(createElement(Table)), 'table');
});
