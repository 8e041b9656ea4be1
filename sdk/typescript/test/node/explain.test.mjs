// The page of a code on a terminal, and the question whether it helped: who is asked, when, and what becomes of an answer.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { Command } from 'commander';
import { runCommand as runCitty, defineCommand } from 'citty';
import { Desk, vocabulary } from '../coded.mjs';
import { golden } from '../golden.mjs';
import { cittyExplain, commanderExplain, explain, runCommand } from '../../dist/esm/node/index.js';

const CODE = 'ACME_CONFIG_MISSING';

/** Runs `explain` as `desk` sees it, while somebody types. */
async function explained(desk, words = [CODE], typed = '', patience = undefined, run = explain) {
  const said = { output: '', error: '' };
  const into = (name) => new Writable({ write: (part, _, done) => ((said[name] += part), done()) });
  const streams = { input: Readable.from([typed]), output: into('output'), error: into('error'), around: desk.around, patience };
  return { code: await run(desk.tool, words, streams), ...said };
}

test('a page is text in 72 columns', async (t) => {
  const desk = new Desk(t);
  desk.sits = false;
  const { code, output, error } = await explained(desk);
  assert.deepEqual([code, error], [0, '']);
  golden('sdk/typescript/test/golden/explain.txt', output);
  for (const line of output.split('\n')) assert.ok(line.length <= 72 || line.startsWith('    '), line);
  assert.equal((await explained(desk, [CODE.toLowerCase()])).output, output);
});

test('without a code it lists them, and a wrong one is answered with those near it', async (t) => {
  const desk = new Desk(t);
  assert.match((await explained(desk, [])).output, /^The errors of acme\. .*\n\n {2}ACME_CONFIG_INVALID {2}No acme.toml/);
  const { code, output, error } = await explained(desk, ['ACME_CONFG_MISSING']);
  assert.deepEqual([code, output], [2, '']);
  assert.match(error, /^error: `ACME_CONFG_MISSING` is no error code of acme; near it: ACME_CONFIG_MISSING\n$/);
  assert.match((await explained(desk, ['nonsense'])).error, /^error: `NONSENSE` is no error code of acme; `acme explain` lists all\n$/);
  assert.equal((await explained(desk, [CODE, 'more'])).code, 2);
  assert.ok(!(await explained(desk, ['\x1b[31m'])).error.includes('\x1b'));
});

test('headings are bold on a terminal, for people who want that', async (t) => {
  const desk = new Desk(t);
  const { terminal } = desk.around;
  const on = (variables) => ({ tool: desk.tool, around: { ...desk.around, terminal: { ...terminal, stdout: true }, variables: { ...variables, HOME: desk.home } } });
  assert.match((await explained(on({}))).output, /\x1b\[1mWhat happened\x1b\[0m/);
  for (const variables of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) assert.ok(!(await explained(on(variables))).output.includes('\x1b'));
});

test('an answer is recorded, as it was shown before', async (t) => {
  for (const [typed, vote] of [
    ['y\n', { helpful: true }],
    ['YES\n', { helpful: true }],
    ['n\n2\n', { helpful: false, reason: 'message_unclear' }],
    ['n\ns\n', { helpful: false }],
    ['no\n', { helpful: false }],
    ['n\n9\n', { helpful: false }],
  ]) {
    const desk = new Desk(t);
    const { code, error } = await explained(desk, [CODE], typed);
    assert.equal(code, 0);
    assert.deepEqual(desk.events(), [{ event: 'feedback_given', code: CODE, ...vote, surface: 'terminal' }], typed);
    const { tool, origin, events } = JSON.parse(/^Sent with a yes: (.*)$/m.exec(error)[1]);
    assert.deepEqual([tool, origin], ['acme', { version: '1.4.2' }]);
    assert.deepEqual(events, [{ event: 'feedback_given', fields: { code: CODE, helpful: true, surface: 'terminal' } }]);
    assert.ok(error.endsWith('Thank you.\n'), error);
  }
});

test('no answer is no vote, and the question comes once a code and month', async (t) => {
  for (const typed of ['s\n', '\n', 'maybe\n', '']) {
    const desk = new Desk(t);
    assert.match((await explained(desk, [CODE], typed)).error, /Was this helpful\? \[y\]es \[n\]o \[s\]kip \[never\] /);
    assert.equal((await explained(desk, [CODE], 'y\n')).error, '');
    assert.match(desk.text('votes'), /^\d{4}-\d\d ACME_CONFIG_MISSING\n$/);
    assert.deepEqual(desk.events(), []);
    assert.notEqual((await explained(desk, ['ACME_DISK_FULL'], typed)).error, '', 'another code');
  }
});

test('an earlier month does not count, and is forgotten', async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.path('votes'), `2020-01 ${CODE}\n`);
  await explained(desk, [CODE], 'y\n');
  assert.equal(desk.events().length, 1);
  assert.ok(!desk.text('votes').includes('2020'));
});

test('whoever does not answer in time is not waited for', async (t) => {
  const desk = new Desk(t);
  const late = new Readable({ read() {} });
  const said = [];
  const sink = new Writable({ write: (part, _, done) => (said.push(`${part}`), done()) });
  const streams = { input: late, output: sink, error: sink, around: desk.around, patience: AbortSignal.abort() };
  assert.equal(await explain(desk.tool, [CODE], streams), 0);
  assert.match(said.join(''), /Was this helpful/);
  assert.deepEqual(desk.events(), []);
});

test('never is never, until somebody says otherwise', async (t) => {
  const desk = new Desk(t);
  assert.match((await explained(desk, [CODE], 'never\n')).error, /acme telemetry feedback on/);
  assert.equal((await explained(desk, ['ACME_DISK_FULL'], 'y\n')).error, '');
  const on = await explained(desk, ['feedback', 'on'], '', undefined, runCommand);
  assert.equal(on.output, 'Feedback: asked below a page of acme explain, once a code and month\n');
  assert.notEqual((await explained(desk, ['ACME_DISK_FULL'], 'y\n')).error, '');
  const off = await explained(desk, ['feedback', 'off'], '', undefined, runCommand);
  assert.equal(off.output, 'Feedback: never asked, as you chose; acme telemetry feedback on changes that\n');
  assert.match(desk.text('votes'), /\d ACME_DISK_FULL\nnever\n$/);
  assert.equal((await explained(desk, ['ACME_CONFIG_INVALID'], 'y\n')).error, '');
  desk.variables.DO_NOT_TRACK = '1';
  const claimed = await explained(desk, ['feedback', 'on'], '', undefined, runCommand);
  assert.equal(claimed.output, 'Feedback: not asked while telemetry is off\n');
  for (const words of [['maybe'], ['on', 'off']]) {
    assert.equal((await explained(desk, ['feedback', ...words], '', undefined, runCommand)).code, 2);
  }
});

test('nobody is asked where it is not welcome, and the page is shown all the same', async (t) => {
  const cases = {
    'not a person': (desk) => (desk.sits = false),
    CI: (desk) => (desk.variables.CI = '1'),
    'a coding agent': (desk) => (desk.variables.CLAUDECODE = '1'),
    'telemetry off': (desk) => (desk.variables.ACME_TELEMETRY_DISABLED = '1'),
    'not told yet': (desk) => delete desk.variables.ACME_TELEMETRY,
    debug: (desk) => (desk.variables.ACME_TELEMETRY = 'debug'),
    'feedback off': (desk) => (desk.variables.ACME_FEEDBACK = '0'),
    'nothing to vote with': (desk) => (desk.tool = { ...desk.tool, vocabulary: { ...vocabulary, errors: { codes: [] } } }),
    'a file that cannot be read': (desk) => mkdirSync(desk.path('votes'), { recursive: true }),
  };
  for (const [name, arrange] of Object.entries(cases)) {
    const desk = new Desk(t);
    arrange(desk);
    const { code, output, error } = await explained(desk, [CODE], 'y\n');
    assert.deepEqual([code, error], [0, ''], name);
    assert.match(output, /What happened/, name);
    assert.deepEqual(desk.events(), [], name);
  }
});

test('where telemetry is local a vote stays on this machine', async (t) => {
  const desk = new Desk(t);
  desk.variables.ACME_TELEMETRY = 'on';
  const { code } = await explained(desk, ['local'], '', undefined, runCommand);
  assert.equal(code, 0);
  assert.match((await explained(desk, [CODE], 'y\n')).error, /^Kept on this machine with a yes: .*/m);
  assert.deepEqual([desk.events().length, desk.events('local').length], [0, 1]);
});

test('forgetting forgets what was asked, but not that never was said', async (t) => {
  const desk = new Desk(t);
  await explained(desk, [CODE], 'y\n');
  await explained(desk, ['feedback', 'off'], '', undefined, runCommand);
  await explained(desk, ['forget', '--yes'], '', undefined, runCommand);
  assert.equal(desk.text('votes'), 'never\n');
});

test('commander and citty hand on every word', async (t) => {
  const { tool } = new Desk(t);
  const program = new Command('acme').addCommand(commanderExplain(Command, tool));
  assert.match(program.helpInformation(), /explain .*What an error code means/);
  await program.parseAsync(['node', 'acme', 'explain', 'ACME_NOPE']);
  assert.equal(process.exitCode, 2);
  process.exitCode = 0;
  await runCitty(defineCommand({ meta: { name: 'acme' }, subCommands: { explain: cittyExplain(tool) } }), { rawArgs: ['explain', 'ACME_NOPE'] });
  assert.equal(process.exitCode, 2);
  process.exitCode = 0;
});
