// Off, each way: no request, no file, no process. What the kernel saw says so, where there is strace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Desk } from '../coded.mjs';
import { listen } from './listener.mjs';
import { Machine, PACKAGED, PLAIN, TOOL } from './machine.mjs';
import { open } from '../../dist/esm/node/index.js';

/** Somebody who was told what is collected, and chose nothing. */
const TOLD = { '.config/acme/telemetry.toml': 'notice = "feedback"' };

/** Ways to be off: variables, a choice, files below the home folder or of the machine, or how the tool is packaged. */
const WAYS = {
  DO_NOT_TRACK: { variables: { DO_NOT_TRACK: '1' } },
  'a word of agreement in DO_NOT_TRACK': { variables: { DO_NOT_TRACK: 'yes' } },
  'the variable of the tool': { variables: { ACME_TELEMETRY_DISABLED: '1' } },
  'the other variable of the tool': { variables: { ACME_TELEMETRY: 'off' } },
  'a saved choice': { choice: 'disable' },
  'a choice that cannot be read': { files: { '.config/acme/telemetry.toml': 'mode off' } },
  'the file of the project': { files: { 'work/.acme-telemetry.toml': 'mode = "off"' } },
  'the policy of the machine': { policy: 'mode = "off"' },
  'a policy that cannot be read': { policy: 'mode off' },
  'the default of a distributor': { tool: PACKAGED, fresh: true, files: TOLD },
  'no home': { variables: { HOME: '' } },
  'a home that is no Unicode': { variables: { ACME_TELEMETRY: '1' }, shell: () => 'HOME=$HOME/$(printf "\\377")' },
  'a variable that is no Unicode': { shell: () => 'export DO_NOT_TRACK=$(printf "\\377")' },
  'a pipe in the place of the project’s file': { shell: () => 'mkfifo .acme-telemetry.toml' },
  'nobody told yet': { fresh: true },
};

/** The words that run a program after a line of the shell. */
const after = (line) => ['sh', '-c', `${line} && exec "$@"`, 'sh'];

/** The same, with mounts that are there for this run and for nobody else. */
const mounted = (line) => ['unshare', '--user', '--map-root-user', '--mount', ...after(line)];

/** The folder of policies is the machine's own: a folder of the test stands there. */
function ruledBy(policy, machine) {
  const folder = join(machine.home, 'etc');
  mkdirSync(join(folder, 'acme'), { recursive: true });
  writeFileSync(join(folder, 'acme/telemetry.toml'), policy);
  return mounted(`mount --bind '${folder}' /etc`);
}

/** Runs the tool, which must be seen to work as ever; answers the processes it became, and the calls that make files. */
async function watched(t, machine, prefix = [], tool = TOOL) {
  const traced = join(machine.home, '..', `trace-${process.pid}`);
  t.after(() => rmSync(traced, { force: true }));
  const calls = 'trace=execve,connect,unlink,unlinkat,rename,mkdir,openat';
  const trace = ['strace', '-f', '-qq', '-e', calls, '-o', traced, process.execPath, tool, 'build'];
  assert.deepEqual(await machine.runBeside(...prefix, ...trace), PLAIN);
  const seen = readFileSync(traced, 'utf8').split('\n');
  const made = seen.filter((line) => /connect\(.*sin6?_addr|O_CREAT|rename\(|mkdir\(/.test(line));
  return { processes: seen.filter((line) => line.includes('execve(')).length, made };
}

for (const [why, { variables = {}, choice, files = {}, policy, shell, tool = TOOL, fresh }] of Object.entries(WAYS)) {
  test(`off by ${why}: no request, no file, no process`, async (t) => {
    const collector = await listen(t, 200);
    const machine = fresh ? new Machine(t) : Machine.thatSendsTo(t, collector.url);
    if (choice) machine.run('telemetry', choice);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(machine.home, path, '..'), { recursive: true });
      writeFileSync(join(machine.home, path), text);
    }
    machine.with({ ACME_TELEMETRY_ENDPOINT: collector.url, ...variables });
    const prefix = policy ? ruledBy(policy, machine) : shell ? after(shell(machine)) : [];
    const before = machine.files();
    assert.deepEqual(await watched(t, machine, prefix, tool), { processes: 1, made: [] });
    assert.deepEqual([machine.files(), collector.bodies.length], [before, 0]);
  });
}

test('who was told and chose nothing says something, unless a distributor packaged the tool', async (t) => {
  const machine = new Machine(t);
  mkdirSync(join(machine.home, '.config/acme'), { recursive: true });
  for (const [path, text] of Object.entries(TOLD)) writeFileSync(join(machine.home, path), text);
  assert.equal(machine.status().rule, 'default_on');
  const status = JSON.parse((await machine.runBeside(process.execPath, PACKAGED, 'telemetry', 'status', '--json')).stdout);
  assert.equal(status.rule, 'default_off');
});

test('whoever switches it off is obeyed by a run under way', (t) => {
  for (const [mode, ...expected] of [
    ['on', 2, 0],
    ['local', 1, 1],
    ['off', 0, 0],
  ]) {
    const desk = new Desk(t);
    const telemetry = open({ ...desk.tool, around: desk.around });
    telemetry.record('command_finished', { outcome: 'ok' });
    telemetry.flush();
    assert.equal(desk.events().length, 1, 'nothing was chosen yet');
    telemetry.error('ACME_DISK_FULL');
    desk.install.saveChoice(mode);
    telemetry.close();
    assert.deepEqual([desk.events().length, desk.events('local').length], expected, mode);
    assert.equal(desk.text('last-error') === undefined, mode === 'off', mode);
  }
});

test('whoever cannot write down that somebody sends starts nobody', async (t) => {
  const machine = Machine.thatSendsTo(t, 'http://127.0.0.1:9');
  assert.equal((await watched(t, machine, after(`mkdir -p '${machine.state}/next/no-file'`))).processes, 1);
  assert.equal(machine.status().queued, 1);
  const other = Machine.thatSendsTo(t, 'http://127.0.0.1:9');
  assert.equal((await watched(t, other)).processes, 2, 'it would be seen');
  await other.failed();
});

test('a project cannot make the tool wait for somebody at the terminal', (t) => {
  const machine = Machine.thatSendsTo(t, 'http://127.0.0.1:9').quiet();
  // Git keeps such a link.
  symlinkSync('/dev/tty', join(machine.home, 'work/.acme-telemetry.toml'));
  assert.equal(machine.onATerminal('build'), 'build: done\n');
  const { rule, queued } = machine.status();
  assert.deepEqual([rule, queued], ['project_unreadable', 0], 'nor is it read what somebody types');
});

test('what could not be deleted is not claimed to be', async (t) => {
  const machine = Machine.thatSendsTo(t, 'file:///dev/null').quiet();
  assert.deepEqual(machine.build(), PLAIN);
  const { state } = machine;
  const locked = mounted(`mount --bind '${state}' '${state}' && mount -o remount,bind,ro '${state}'`);
  for (const words of [['disable'], ['forget', '--yes']]) {
    const { code, stdout, stderr } = await machine.runBeside(...locked, process.execPath, TOOL, 'telemetry', ...words);
    assert.deepEqual([code, stderr], [1, `error: not everything in \`${state}\` could be deleted\n`], stdout);
    assert.doesNotMatch(stdout, /Done\.| 1 waiting event/);
  }
  assert.equal(machine.status().queued, 1);
});

test('this machine has strace', () => {
  assert.equal(
    spawnSync('strace', ['-V']).error,
    undefined,
    'install strace, which tells what the kernel was asked for',
  );
});
