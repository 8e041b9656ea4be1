// The example tool as its users see it: what it prints, how it ends, and what it leaves behind.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { decodeBatch } from '../../dist/esm/index.js';
import { listen } from './listener.mjs';
import { Machine, PLAIN, TOOL } from './machine.mjs';

test('what is sent is what the ledger says, byte for byte', async (t) => {
  const collector = await listen(t, 200);
  const machine = Machine.thatSendsTo(t, collector.url);
  assert.deepEqual(machine.build(), PLAIN);
  const body = String(await collector.body());
  await machine.settled();
  assert.equal(machine.run('telemetry', 'inspect', '--raw').stdout, body);
  const { events, first, origin } = decodeBatch(body);
  assert.deepEqual([first, events.length, origin.runtime], [['day', 'week', 'month'], 1, process.versions.node]);
  assert.equal(events[0].fields.command, 'build');
});

test('the first run tells, and neither sends nor keeps; the second records', (t) => {
  const machine = new Machine(t).quiet();
  const shown = machine.onATerminal('build');
  assert.match(shown, /acme sends usage statistics[^]*Stop it: .*DO_NOT_TRACK=1[^]*build: done/);
  assert.deepEqual(machine.files(), ['next', 'telemetry.toml']);
  assert.equal(machine.onATerminal('build'), 'build: done\n');
  assert.equal(machine.status().queued, 1);
});

test('nobody is told where nobody sits, and nothing is kept', (t) => {
  const machine = new Machine(t);
  assert.deepEqual(machine.build(), PLAIN);
  assert.deepEqual(machine.files(), []);
});

test('process.exit and a bug lose nothing', (t) => {
  const machine = new Machine(t).with({ ACME_TELEMETRY: '1' }).quiet();
  assert.deepEqual(machine.build(), PLAIN);
  assert.equal(machine.run('nonsense').code, 3);
  assert.equal(machine.run('panic').code, 1);
  assert.equal(machine.status().queued, 2);
});

test('a collector that never answers, refuses or is not there is not noticed', async (t) => {
  const silent = await listen(t, 0);
  // The tool ends while its sender still waits for an answer, or this test would wait for both.
  for (const url of [silent.url, 'http://127.0.0.1:9', 'http://nowhere.invalid', 'https://127.0.0.1:9']) {
    assert.deepEqual(Machine.thatSendsTo(t, url).build(), PLAIN, url);
  }
  assert.ok(String(await silent.body()).includes('command_finished'));
});

test('what a collector did not take waits, and goes when it is up', async (t) => {
  const machine = Machine.thatSendsTo(t, 'http://127.0.0.1:9');
  assert.deepEqual(machine.build(), PLAIN);
  await machine.failed();
  assert.equal(machine.status().queued, 1);
  const collector = await listen(t, 200);
  machine.with({ ACME_TELEMETRY_ENDPOINT: collector.url });
  writeFileSync(join(machine.state, 'next'), 'next = "0"\n');
  assert.deepEqual(machine.build(), PLAIN);
  await machine.settled();
  assert.equal(collector.bodies.length, 2, 'what waited sealed, and what came since');
});

test('in CI it is sent before the end of the run', async (t) => {
  const collector = await listen(t, 200);
  const machine = Machine.thatSendsTo(t, collector.url).with({ CI: '1' });
  const { code, stdout } = await machine.runBeside(process.execPath, TOOL, 'build');
  assert.deepEqual([code, stdout], [0, 'build: done\n']);
  const { cohort, events } = decodeBatch(String(await collector.body()));
  assert.deepEqual([cohort, events.length], [undefined, 1], 'no machine is counted in CI');
  await machine.settled();
});

test('debug prints the very bytes and why they would not be sent, and keeps nothing', (t) => {
  const machine = new Machine(t).with({ ACME_TELEMETRY: 'debug' });
  const { code, stdout, stderr } = machine.build();
  assert.deepEqual([code, stdout], [0, 'build: done\n']);
  const [batch, why] = stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('[telemetry] ', ''));
  assert.equal(decodeBatch(batch).events[0].event, 'command_finished');
  assert.match(why, /^would not be sent: nobody was told yet/);
  assert.deepEqual(machine.files(), []);
});

test('debug tells the fate of each event', async (t) => {
  const machine = new Machine(t).with({ ACME_TELEMETRY: 'debug' });
  const script = `
    import { open } from 'aboveboard/node';
    import { acme } from './acme.js';
    const telemetry = open({ vocabulary: acme, version: '1.4.2' });
    telemetry.record('secret_event', { path: '/home/alice' });
    telemetry.record('command_finished', { command: 'rm -rf /home/alice', path: '/home/alice', cached: true });`;
  const program = join(dirname(TOOL), 'fate.mjs');
  writeFileSync(program, script);
  const { stderr } = await machine.runBeside(process.execPath, program);
  assert.match(stderr, /`secret_event` is left out: event_undeclared/);
  assert.match(stderr, /`command_finished`: 1 fields are left out, 1 values became `other`/);
  assert.match(stderr, /"fields":\{"command":"other","cached":true\}/);
  assert.ok(!stderr.includes('alice'));
});

test('local is kept here, and off deletes what waits', (t) => {
  const machine = new Machine(t).quiet();
  machine.run('telemetry', 'local');
  machine.build();
  assert.match(readFileSync(join(machine.state, 'local'), 'utf8'), /command_finished/);
  assert.match(machine.run('telemetry', 'disable').stdout, /0 waiting events were deleted|1 waiting event was deleted/);
  assert.deepEqual(machine.files(), ['next', 'telemetry.toml']);
});
