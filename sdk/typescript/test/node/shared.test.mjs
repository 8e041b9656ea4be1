// A tool that is Rust in one place and Node in another has one queue, and a real collector counts what both said.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { decodeBatch } from '../../dist/esm/index.js';
import { lock } from '../../dist/esm/node/disk.js';
import { listen } from './listener.mjs';
import { Machine, PLAIN, TOOL } from './machine.mjs';

const { ABOVEBOARD_BINARY: COLLECTOR = '', ABOVEBOARD_ACME: RUST = '' } = process.env;
/** Runs of each language. */
const RUNS = 100;
/** Runs at the same time. */
const BESIDE = 8;

/** Runs the senders of both languages until nothing waits. */
async function sendAll(machine) {
  for (let round = 0; round < 1_000; round++) {
    rmSync(join(machine.state, 'next'), { force: true });
    await machine.runBeside(RUST, '__aboveboard-send');
    if (machine.status().queued === 0) return machine.settled();
  }
  throw new Error('something still waits');
}

test('a Rust and a Node process share one queue under load, and nothing is lost or doubled', async (t) => {
  const collector = await listen(t, 200);
  const machine = Machine.thatSendsTo(t, collector.url);
  const runs = Array.from({ length: 2 * RUNS }, (_, run) =>
    run % 2 === 0 ? [RUST, 'build'] : [process.execPath, TOOL, 'build'],
  );
  const work = async () => {
    for (let run = runs.pop(); run; run = runs.pop()) {
      assert.deepEqual(await machine.runBeside(...run), PLAIN);
      // Due again each time, so that senders of both languages take the queue from under the writers.
      rmSync(join(machine.state, 'next'), { force: true });
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, work));
  await sendAll(machine);
  const batches = new Map(collector.bodies.map((body) => decodeBatch(String(body))).map((batch) => [batch.id, batch]));
  const events = [...batches.values()].flatMap((batch) => batch.events);
  assert.equal(
    events.reduce((sum, { n }) => sum + n, 0),
    2 * RUNS,
    'each event once, by the ids of the batches',
  );
  assert.ok(batches.size > 1, 'the queue was taken while runs were writing');
});

test('neither sends while the other does, and each takes over from the dead of the other', async (t) => {
  const [silent, collector] = [await listen(t, 0), await listen(t, 200)];
  const machine = Machine.thatSendsTo(t, collector.url).quiet();
  const path = join(machine.state, 'lock');
  const now = () => Math.floor(Date.now() / 1000);
  const send = () => machine.runBeside(RUST, '__aboveboard-send');
  machine.build();
  rmSync(join(machine.state, 'next'));
  assert.equal(lock(path, now()), true);
  await send();
  assert.deepEqual([machine.status().queued, collector.bodies.length], [1, 0], 'Node has the lock');
  // No process has this number: the largest that Linux gives out is smaller.
  writeFileSync(path, '999999999');
  await send();
  assert.deepEqual([machine.status().queued, collector.bodies.length], [0, 1], 'it was of the dead');

  machine.quiet().build();
  const options = { ...machine.options, env: { ...machine.options.env, ACME_TELEMETRY_ENDPOINT: silent.url } };
  const sender = spawn(RUST, ['__aboveboard-send'], { ...options, stdio: 'ignore' });
  await silent.body();
  assert.equal(lock(path, now()), false, 'Rust has the lock');
  sender.kill('SIGKILL');
  await once(sender, 'exit');
  assert.equal(lock(path, now()), true, 'it was of the dead');
});

test('hello-node reports to a real collector, which answers the numbers', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  const server = spawn(COLLECTOR, ['serve', '--listen', '127.0.0.1:0', '--data', data], {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(async () => {
    server.kill();
    await once(server, 'exit');
    rmSync(data, { recursive: true });
  });
  const url = await listening(server);
  const machine = Machine.thatSendsTo(t, url).quiet();
  for (let run = 0; run < 25; run++) assert.deepEqual(machine.build(), PLAIN);
  machine.run('unknown', '--token=SECRET');
  rmSync(join(machine.state, 'next'));
  machine.build();
  await machine.settled();
  const answer = await (await fetch(`${url}/v1/query?tool=acme&measure=events&by=command_finished.command`)).json();
  const counts = Object.fromEntries(answer.rows.map(({ key, n }) => [key[0], n]));
  assert.deepEqual(counts, { build: 26, other: 1 }, JSON.stringify(answer));
  const shown = machine.run('telemetry', 'inspect', '--raw').stdout;
  const again = await fetch(`${url}/v1/batches`, { method: 'POST', body: shown });
  assert.deepEqual([again.status, (await again.json()).repeated], [200, 27], 'what is shown is what arrived');
});

/** Where a collector listens, as soon as it says so. */
function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the collector ended with ${code}`)));
    for (const stream of [server.stdout, server.stderr]) {
      createInterface(stream).on('line', (line) => {
        const address = /listening on (http:\/\/\S+)/.exec(line)?.[1];
        if (address) resolve(address);
      });
    }
  });
}

test('what both need is there', () => {
  for (const program of [COLLECTOR, RUST]) {
    assert.equal(spawnSync(program, ['--version']).error, undefined, `\`${program}\`: run \`cargo xtask test web\``);
  }
});
