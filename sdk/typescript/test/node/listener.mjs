// A collector as the network may show it: one that answers as it is told, or never.

import { createServer } from 'node:http';

/** Starts one on a port of its own; `status` 0 never answers. */
export async function listen(test, status) {
  const bodies = [];
  let heard = () => {};
  const server = createServer((request, response) => {
    const parts = [];
    request
      .on('data', (part) => parts.push(part))
      .on('end', () => {
        bodies.push(Buffer.concat(parts));
        if (status) response.writeHead(status).end('{}');
        heard();
      });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => (server.closeAllConnections(), server.close()));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bodies,
    connections: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
    /** The first body, as soon as it is there. */
    async body() {
      while (bodies.length === 0) await new Promise((resolve) => (heard = resolve));
      return bodies[0];
    },
  };
}
