// The journey of an error in the example: raised with its code, explained on a terminal, voted on, and counted by a real
// collector; with the tool in Rust on the same machine, which shares the pages and the files.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';
import { acme } from '../catalogs.mjs';
import { Machine, TOOL } from './machine.mjs';

const RUST = process.env.ABOVEBOARD_ACME ?? '';
const CODE = 'ACME_CONFIG_MISSING';
const LINE = `error[${CODE}]: no acme.toml was found    more: acme explain ${CODE}\n`;

/** A machine whose user chose on, and whose runs send nothing by themselves. */
function machineOf(t, url = 'http://127.0.0.1:9') {
  return Machine.thatSendsTo(t, url).quiet();
}

const textOf = (machine, name) => (existsSync(join(machine.state, name)) ? readFileSync(join(machine.state, name), 'utf8') : '');
const next = (machine) => [...textOf(machine, 'queue').matchAll(/"next":"(\w+)"/g)].map(([, next]) => next);

test('an error ends with the line that says where there is more, and its page is there', (t) => {
  const machine = new Machine(t);
  writeFileSync(machine.config, 'title = My site\n');
  const line = 'error[ACME_CONFIG_INVALID]: acme.toml cannot be understood: line 1: a text needs quotation marks';
  assert.equal(machine.build().stderr, `${line}    more: acme explain ACME_CONFIG_INVALID\n`);
  rmSync(machine.config);
  assert.deepEqual(machine.build(), { code: 3, stdout: '', stderr: LINE });
  const { code, stdout, stderr } = machine.run('explain', CODE);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^ACME_CONFIG_MISSING: No acme\.toml was found\n/);
  assert.deepEqual(machine.files(), [], 'nobody was told yet, so nothing is kept');
});

test('Rust and Node show the same pages and lists, and misunderstand alike', async (t) => {
  const machine = new Machine(t);
  for (const words of [[], ...acme.errors.codes.map((code) => [code]), ['acme-disk-ful'], ['nonsense'], [CODE, 'more']]) {
    const [rust, node] = [await machine.runBeside(RUST, 'explain', ...words), machine.run('explain', ...words)];
    assert.deepEqual(node, rust, words.join(' '));
  }
});

test('Rust and Node tell what followed the error of each other', async (t) => {
  const machine = machineOf(t);
  const run = (program) => machine.runBeside(...(program === RUST ? [RUST] : [process.execPath, TOOL]), 'build');
  rmSync(machine.config);
  for (const program of [RUST, TOOL, RUST]) assert.equal((await run(program)).stderr, LINE);
  assert.match(textOf(machine, 'last-error'), /^ACME_CONFIG_MISSING \d+\n$/);
  writeFileSync(machine.config, '');
  for (const program of [TOOL, RUST]) assert.equal((await run(program)).code, 0);
  assert.deepEqual([next(machine).sort(), textOf(machine, 'last-error')], [['again', 'again', 'success'], '']);
});

test('Rust and Node ask the same, and record the same', (t) => {
  const asked = [RUST, `${process.execPath} ${TOOL}`].map((program) => {
    const machine = machineOf(t);
    const shown = machine.onATerminal(`explain ${CODE}`, 'n\n4\n', program);
    const [event] = /\{"event":"feedback_given".*?\}\}/.exec(textOf(machine, 'queue')) ?? [];
    // Each tool has its own version and runtime.
    return [shown.replace(/"origin":\{.*?\}/, ''), event];
  });
  assert.deepEqual(asked[1], asked[0]);
  assert.match(asked[0][1], /"reason":"wrong_cause"/);
});

test('who was asked in one language is not asked in the other, and never is never', async (t) => {
  const machine = machineOf(t);
  const terminal = (line, typed) => machine.onATerminal(line, typed);
  assert.match(terminal(`explain ${CODE}`, 's\n'), /Was this helpful\?/);
  const rust = (words, typed) => machine.onATerminal(words, typed, RUST);
  assert.ok(!rust(`explain ${CODE}`, 'y\n').includes('Was this helpful?'));
  assert.match(rust('explain ACME_DISK_FULL', 'never\n'), /It will not be asked again/);
  assert.ok(!terminal('explain ACME_LINK_BROKEN', 'y\n').includes('Was this helpful?'));
  assert.match(textOf(machine, 'votes'), /^\d{4}-\d\d ACME_CONFIG_MISSING\n\d{4}-\d\d ACME_DISK_FULL\nnever\n$/);
  assert.equal(machine.run('telemetry', 'feedback', 'on').code, 0);
  assert.match(rust('explain ACME_LINK_BROKEN', 's\n'), /Was this helpful\?/);
});

test('a vote from a terminal is counted by its code and surface', async (t) => {
  const collector = await startCollector();
  t.after(() => collector.stop());
  const machine = machineOf(t, collector.origin);
  rmSync(machine.config);
  machine.build();
  assert.match(machine.onATerminal(`explain ${CODE}`, 'n\n2\n'), /Sent with a yes: \{"tool":"acme"[^]*Why not\?[^]*Thank you\./);
  writeFileSync(machine.config, '');
  rmSync(join(machine.state, 'next'));
  machine.build();
  await machine.settled();
  const ask = async (by) => {
    const answer = await (await fetch(`${collector.origin}/v1/query?tool=acme&measure=events&by=${by}`)).json();
    return Object.fromEntries(answer.rows.map(({ key, n }) => [key.join(' / '), n]));
  };
  assert.deepEqual(await ask('feedback_given.code,feedback_given.surface'), { [`${CODE} / terminal`]: 1 });
  assert.deepEqual(await ask('feedback_given.code,feedback_given.reason'), { [`${CODE} / message_unclear`]: 1 });
  assert.deepEqual(await ask('error_shown.code'), { [CODE]: 1 });
  assert.deepEqual(await ask('error_followed.code,error_followed.next'), { [`${CODE} / success`]: 1 });
});

test('a code that nobody declared is refused with its reason, by the client and by the collector', async (t) => {
  const machine = new Machine(t).with({ ACME_TELEMETRY: 'debug' });
  const script = `
    import { open } from 'aboveboard/node';
    import { acme } from './acme.js';
    open({ vocabulary: acme, version: '1.4.2' }).error('/home/alice/secret');`;
  const program = join(dirname(TOOL), 'undeclared.mjs');
  writeFileSync(program, script);
  const { stderr } = await machine.runBeside(process.execPath, program);
  assert.match(stderr, /`error_shown` is left out: code_undeclared; a code is the name of a page: write errors\/CODE\.md/);
  assert.ok(!stderr.includes('alice'));
  const collector = await startCollector();
  t.after(() => collector.stop());
  const day = new Date().toISOString().slice(0, 10);
  const events = [{ event: 'error_shown', fields: { code: 'ACME_NOPE' } }];
  const body = JSON.stringify({ v: 1, id: '0'.repeat(31).concat('1'), tool: 'acme', day, origin: {}, events });
  const receipt = await (await fetch(`${collector.origin}/v1/batches`, { method: 'POST', body })).json();
  assert.deepEqual([receipt.kept, receipt.rejected], [0, { code_undeclared: 1 }]);
});
