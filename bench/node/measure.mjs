// Measures each client's call and whole runs in each network, and prints a line for each row, its cells separated by tabs:
// what, unit, what the design asks, then ours and the peers. `over:N` was ended after N.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENTS } from './clients.mjs';

const ROUNDS = 20;
const ROUNDS_TO_WARM_UP = 2;
/** A client that lets its user wait this long is run once. */
const PATIENCE_MS = 3_000;
const RUN_MS_MAX = 20_000;
const NAMES = Object.keys(CLIENTS);

const file = (name) => join(import.meta.dirname, name);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** The networks: each begins with a base URL, and a way to end it. */
const NETWORKS = {
  'collector answers': async () => {
    const server = createHttp((request, response) => request.resume().on('end', () => response.end('{}')));
    return [`http://127.0.0.1:${await listening(server)}`, () => (server.closeAllConnections(), server.close())];
  },
  'collector refuses': async () => ['http://127.0.0.1:9', () => {}],
  'collector hangs': async () => {
    const sockets = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    return [
      `http://127.0.0.1:${await listening(server)}`,
      () => (sockets.forEach((it) => it.destroy()), server.close()),
    ];
  },
  'its name does not exist': async () => ['http://collector.invalid', () => {}],
};

/** One run of a tool in milliseconds; `undefined` when it had to be ended. */
function run(name, url, home) {
  const env = { PATH: process.env.PATH, HOME: home, BENCH_COLLECTOR: url, BENCH_TELEMETRY: '1', container: 'no' };
  if (name === 'off') env.DO_NOT_TRACK = '1';
  const start = performance.now();
  const child = spawn(process.execPath, [file('clients.mjs'), name], { env, cwd: home, stdio: 'ignore' });
  const end = setTimeout(() => child.kill('SIGKILL'), RUN_MS_MAX);
  return new Promise((resolve) =>
    child.once('exit', (_code, signal) => {
      clearTimeout(end);
      resolve(signal ? undefined : performance.now() - start);
    }),
  );
}

/** The runs of each client, in turns; `Infinity` for one that had to be ended. */
async function runs(url) {
  const homes = NAMES.map(() => mkdtempSync(join(tmpdir(), 'bench-')));
  const took = NAMES.map(() => []);
  for (let round = 0; round < ROUNDS_TO_WARM_UP + ROUNDS; round++) {
    for (const [index, name] of NAMES.entries()) {
      if (took[index][0] > PATIENCE_MS) continue;
      const ms = (await run(name, url, homes[index])) ?? Infinity;
      if (round >= ROUNDS_TO_WARM_UP || ms > PATIENCE_MS) took[index].push(ms);
    }
  }
  homes.forEach((home) => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  return took;
}

function print(what, unit, atMost, cells) {
  console.log(['row', what, unit, atMost, ...cells].join('\t'));
}

const costs = NAMES.slice(2).map((name) => {
  const home = mkdtempSync(join(tmpdir(), 'bench-'));
  const env = { PATH: process.env.PATH, HOME: home, BENCH_TELEMETRY: '1' };
  const { stdout } = spawnSync(process.execPath, [file('cost.mjs'), name], { env, encoding: 'utf8', timeout: 60_000 });
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  // Some print more than was asked of them.
  return Number.parseFloat(stdout.trim().split('\n').at(-1)) || '-';
});
print('record(), eight fields', 'ns', 150, costs);

for (const [network, begin] of Object.entries(NETWORKS)) {
  const [url, end] = await begin();
  const [none, off, ...others] = await runs(url);
  // Round by round, for whatever else the machine does then weighs on both.
  const over = (runs, less) => median(runs.map((ms, round) => ms - less[round]));
  const cells = others.map((runs) => (runs.includes(Infinity) ? `over:${RUN_MS_MAX}` : over(runs, none)));
  print(`added wall of a run, ${network}`, 'ms', '-', cells);
  print(`of which by recording and not by being there, ${network}`, 'ms', 2, [over(others[0], off), '-', '-', '-']);
  end();
}
process.exit();
