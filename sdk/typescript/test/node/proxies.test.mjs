// Proxies as the environment names them: they are spoken to, and nobody else is.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { endpointOf } from '../../dist/esm/node/endpoint.js';
import { sendBatch } from '../../dist/esm/node/http.js';

/** A proxy that writes down what it is asked, and answers for everybody. */
async function proxy(t) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end('{}'));
  });
  server.on('connect', (request, socket) => {
    asked.push(`${request.method} ${request.url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

test('a collector is reached through the proxy of the environment', async (t) => {
  const { url, asked } = await proxy(t);
  const send = (to, variables) => sendBatch(endpointOf(to, variables), Buffer.from('{}'));
  assert.equal((await send('http://collector.invalid/below', { HTTP_PROXY: url }))?.status, 200);
  assert.equal(await send('https://collector.invalid', { https_proxy: url.replace('http://', '') }), undefined);
  assert.deepEqual(asked, ['POST http://collector.invalid/below/v1/batches', 'CONNECT collector.invalid:443']);
});

test('a proxy is for whom it is meant', () => {
  const through = (to, variables) => endpointOf(to, { ALL_PROXY: 'proxy:3128', ...variables }).proxy;
  assert.equal(through('https://a.example', {}), 'http://proxy:3128');
  assert.equal(through('https://a.example', { HTTPS_PROXY: 'http://other:1' }), 'http://other:1');
  assert.equal(through('https://a.example', { NO_PROXY: 'b.example, .example' }), undefined);
  assert.equal(through('https://an.example.org', { NO_PROXY: 'example' }), 'http://proxy:3128');
  assert.equal(through('https://a.example', { NO_PROXY: '*' }), undefined);
  assert.equal(through('https://a.example', { ALL_PROXY: 'socks5://proxy:1' }), undefined);
});
