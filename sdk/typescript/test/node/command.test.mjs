// What each subcommand says, as a whole: the same texts as those of the Rust client.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { acme, acmeAbout } from '../catalogs.mjs';
import { ROOT } from '../golden.mjs';
import { SUBCOMMANDS, run } from '../../dist/esm/node/command.js';
import { append } from '../../dist/esm/node/disk.js';
import { Install } from '../../dist/esm/node/install.js';
import { addEntry, entries } from '../../dist/esm/node/ledger.js';
import { identifiersIn } from '../../dist/esm/node/memory.js';
import { notice, question } from '../../dist/esm/node/notice.js';

/** 22 Nov 2026 09:30 UTC. */
const NOW = 1_795_339_800;

class Machine {
  endpoint;
  home = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  variables = {};
  sits = false;
  /** What was said last of what went wrong. */
  complaint = '';

  constructor(test) {
    test.after(() => rmSync(this.home, { recursive: true }));
  }

  install() {
    const { sits } = this;
    const terminal = { stdin: sits, stdout: sits, stderr: sits };
    const endpoint = this.endpoint && { ACME_TELEMETRY_ENDPOINT: this.endpoint };
    const variables = { ...this.variables, ...endpoint, HOME: this.home };
    const around = { variables, terminal, files: [], kernel: '', cgroup: '', platform: 'linux' };
    const tool = { vocabulary: acme, about: acmeAbout, version: '1.4.2' };
    return new Install(tool, { ...around, folder: undefined, policies: join(this.home, 'etc') });
  }

  spool() {
    return this.install().spool();
  }

  sent() {
    for (const [number, day] of [
      [1, '2026-11-20'],
      [2, '2026-11-21'],
    ]) {
      const id = String(number).padStart(32, '0');
      const batch = `{"v":1,"id":"${id}","tool":"acme","day":"${day}","first":["day"],"cohort":"2026-09","catalogue":"c74e8c0b","origin":{"version":"1.4.2","os":"linux","ci":false},"events":[{"event":"command_finished","n":3,"fields":{"command":"build","outcome":"ok","duration":1280}}]}`;
      addEntry(this.spool(), NOW - 86_400 * (3 - number), 200, Buffer.from(batch));
    }
    return this;
  }

  waiting() {
    const line =
      '{"v":1,"id":"00000000000000000000000000000000","tool":"acme","day":"2026-11-22","origin":{"version":"1.4.2","os":"linux"},"events":[{"event":"command_finished","n":2,"fields":{"command":"check"}},{"event":"error_shown","fields":{"code":"ACME_DISK_FULL","path":"/home/alice"}}]}';
    append(this.spool().path('queue'), line, Number.POSITIVE_INFINITY);
    return this;
  }

  /** Runs a command line; answers exit code and output, with the home folder as `~` where it is spelled out. */
  async run(line, typed = '') {
    const parts = [];
    const [write, complain] = [(part) => parts.push(Buffer.from(part)), (text) => (this.complaint = text)];
    const input = Readable.from([typed]);
    const session = { install: this.install(), input, now: NOW, random: 0xabcn, write, complain };
    const code = await run(
      session,
      line.split(' ').filter((word) => word !== ''),
    );
    const text = String(Buffer.concat(parts)).replaceAll(this.home, '~');
    return { code, text: text.replaceAll(this.endpoint, 'https://telemetry.acme.example') };
  }

  /** Checks what a command line says against a file. */
  async check(line, file) {
    const { code, text } = await this.run(line);
    assert.equal(text, golden(`telemetry-${file}`), line);
    assert.equal(code, 0, line);
  }
}

const golden = (name) => readFileSync(`${ROOT}crates/client/tests/golden/${name}.txt`, 'utf8');

test('the notice and the question are those of the Rust client', (t) => {
  const install = new Machine(t).install();
  assert.equal(notice(install), golden('notice'));
  assert.equal(question(install), golden('question'));
});

test('status says what holds and why', async (t) => {
  const machine = new Machine(t);
  await machine.check('', 'status-fresh');
  await machine.check('status', 'status-fresh');
  await machine.check('status --json', 'status-fresh-json');
  assert.equal((await machine.run('status --quiet')).code, 1);
  await machine.run('enable');
  assert.equal((await machine.run('status --quiet')).code, 0);
  machine.variables.DO_NOT_TRACK = '1';
  await machine.sent().check('status', 'status-untracked');
});

test('status says what is kept here, and what failed', async (t) => {
  const machine = new Machine(t).waiting();
  machine.variables.ACME_TELEMETRY = '1';
  const state = (name) => machine.spool().path(name);
  copyFileSync(state('queue'), state('local'));
  writeFileSync(state('next'), `failures = "3"\nnext = "${NOW + 3600}"\n`);
  await machine.check('status', 'status-failing');
});

test('asking leaves no trace, and neither does a word of help or one too many', async (t) => {
  const machine = new Machine(t);
  const asks = ['', 'status', 'status --json', 'inspect', 'inspect --next', 'explain', 'feedback', 'export', 'help'];
  const code = async (line) => (await machine.run(line)).code;
  for (const line of asks) assert.equal(await code(line), 0, line);
  for (const { name } of SUBCOMMANDS) {
    for (const help of ['--help', '-h', 'on --help', '--yes -h']) assert.equal(await code(`${name} ${help}`), 0, name);
    for (const wrong of ['please', '--nonsense', '--yes please']) {
      assert.equal(await code(`${name} ${wrong}`), 2, `${name} ${wrong}`);
    }
  }
  assert.equal(await code('forget --yes'), 0);
  assert.deepEqual(readdirSync(machine.home), []);
  assert.deepEqual(await machine.run('disable --help'), {
    code: 0,
    text: 'disable: neither record nor send, and delete what waits\n\nUsage: acme telemetry disable\n',
  });
});

test('whoever switches it off is promised only what can be done', async (t) => {
  const machine = new Machine(t);
  const promised = async () => (await machine.run('disable')).text.split('\n')[1];
  assert.equal(await promised(), 'Nothing was sent before.');
  machine.sent();
  assert.equal(await promised(), 'What was already sent carries no id: nobody can tell it from what others sent.');
  const memory = machine.spool().memory();
  memory.set('identifiers', '1'.repeat(32));
  machine.spool().remember(memory);
  assert.equal(await promised(), 'To delete what was already sent: acme telemetry forget');
});

test('what has nowhere to go is not claimed to be on', async (t) => {
  const machine = new Machine(t);
  machine.variables.ACME_TELEMETRY_ENDPOINT = 'telemetry.acme.example';
  const text = 'Saved: on. But nothing is sent: the endpoint is not a URL.\n';
  assert.deepEqual(await machine.run('enable'), { code: 0, text });
});

test('what cannot be saved is not claimed', async (t) => {
  const machine = new Machine(t);
  for (const name of ['.config', '.local']) writeFileSync(join(machine.home, name), 'a file where a folder should be');
  for (const line of ['enable', 'local', 'disable', 'feedback off']) {
    assert.deepEqual(await machine.run(line), { code: 1, text: '' }, line);
  }
  const path = join(machine.home, '.local/state/acme/telemetry/votes');
  assert.ok(machine.complaint.startsWith(`\`${path}\` could not be written (`), machine.complaint);
  assert.ok(machine.complaint.endsWith('), so nothing was changed'), machine.complaint);
});

test('numbers that no date holds are no obstacle', async (t) => {
  const machine = new Machine(t).sent();
  const absurd = '9'.repeat(20);
  writeFileSync(machine.spool().path('next'), `failures = "1"\nnext = "${absurd}"\n`);
  writeFileSync(machine.spool().path('ledger'), `1 ${absurd} 200 {}\n`);
  for (const line of ['status', 'status --json', 'inspect', 'export']) assert.equal((await machine.run(line)).code, 0, line);
});

test('a choice is saved, and nothing is claimed that does not hold', async (t) => {
  const machine = new Machine(t).waiting();
  await machine.check('enable', 'enable');
  await machine.check('local', 'local');
  await machine.check('disable', 'disable');
  machine.variables.DO_NOT_TRACK = '1';
  await machine.check('enable', 'enable-untracked');
});

test('inspect shows what was sent and what would be', async (t) => {
  const machine = new Machine(t);
  await machine.check('inspect', 'inspect-nothing');
  machine.sent().waiting();
  await machine.check('inspect', 'inspect');
  await machine.check('inspect --last 2 --explain', 'inspect-explained');
  await machine.check('inspect --next', 'inspect-next');
  assert.equal((await machine.run('inspect --raw')).text, String(entries(machine.spool())[1].bytes));
  assert.equal((await machine.run('inspect seven')).code, 2);
  const text = '#99 is not in the ledger, which goes from #1 to #2.\n';
  assert.deepEqual(await machine.run('inspect 99'), { code: 1, text });
  assert.deepEqual(machine.spool().sealed(), [], 'looking seals nothing');
});

test('explain is the catalogue', async (t) => {
  const machine = new Machine(t);
  await machine.check('explain', 'explain');
  await machine.check('explain duration', 'explain-field');
  await machine.check('explain command_finished', 'explain-event');
  assert.equal((await machine.run('explain secret')).code, 2);
});

test('forget asks and deletes, export holds everything', async (t) => {
  const machine = new Machine(t).sent().waiting();
  await machine.check('export', 'export');
  assert.equal((await machine.run('forget', 'y\n')).code, 1, 'nobody is here to confirm');
  machine.sits = true;
  assert.equal((await machine.run('forget', '\n')).code, 1, 'an empty line is a no');
  assert.equal(entries(machine.spool()).length, 2);
  machine.sits = false;
  await machine.check('forget --yes', 'forget');
  assert.deepEqual([entries(machine.spool()), machine.spool().waitingBytes()], [[], 0]);
  await machine.check('help', 'help');
});

/** Runs a line on a machine that sent with two ids, beside a collector that answers this. */
async function forgetting(t, line, [status, body], code, file) {
  const server = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(status).end(body)),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const machine = new Machine(t).sent();
  machine.endpoint = `http://127.0.0.1:${server.address().port}`;
  const memory = machine.spool().memory();
  memory.set('identifiers', `${'1'.repeat(32)} ${'2'.repeat(32)}`);
  machine.spool().remember(memory);
  const found = await machine.run(line);
  server.close();
  assert.deepEqual([found.text, found.code], [golden(`telemetry-${file}`), code]);
  return identifiersIn(machine.spool().memory()).length;
}

test('what was sent with an id is asked to be deleted, and stays known until it is', async (t) => {
  const forgotten = '{"forgotten":true,"receipt":"7F3K-Q2M9"}';
  assert.equal(await forgetting(t, 'forget --yes', [200, forgotten], 0, 'forget-with-ids'), 0);
  assert.equal(
    await forgetting(t, 'forget --yes', [200, '{"forgotten":false,"receipt":null}'], 0, 'forget-of-nothing'),
    0,
  );
  for (const answer of [
    [500, ''],
    [403, '{}'],
    [200, '<html>a login page</html>'],
    [302, ''],
  ]) {
    assert.equal(await forgetting(t, 'forget --yes', answer, 1, 'forget-unconfirmed'), 2);
  }
});

test('a receipt tells how far a deletion is', async (t) => {
  const line = 'forget --check 7F3K-Q2M9';
  for (const [state, code] of [
    ['hidden', 0],
    ['erased', 0],
    ['unknown', 1],
  ]) {
    await forgetting(t, line, [200, `{"receipt":"7F3K-Q2M9","state":"${state}"}`], code, `receipt-${state}`);
  }
  await forgetting(t, line, [200, 'busy'], 1, 'receipt-unanswered');
  assert.equal((await new Machine(t).run('forget --check ../secret')).code, 2);
});
