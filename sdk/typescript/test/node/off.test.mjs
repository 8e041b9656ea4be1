// Off, each way: no request, no file, no process. What the kernel saw says so, where there is strace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listen } from './listener.mjs';
import { Machine, PACKAGED, PLAIN, TOOL } from './machine.mjs';

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
  'nobody told yet': { fresh: true },
};

/** The folder of policies is the machine's own: for this run, and for nobody else, a folder of the test stands there. */
function ruledBy(policy, machine) {
  const folder = join(machine.home, 'etc');
  mkdirSync(join(folder, 'acme'), { recursive: true });
  writeFileSync(join(folder, 'acme/telemetry.toml'), policy);
  const mounted = `mount --bind '${folder}' /etc && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mounted, 'sh'];
}

for (const [why, { variables = {}, choice, files = {}, policy, tool = TOOL, fresh }] of Object.entries(WAYS)) {
  test(`off by ${why}: no request, no file, no process`, async (t) => {
    const collector = await listen(t, 200);
    const machine = fresh ? new Machine(t) : Machine.thatSendsTo(t, collector.url);
    if (choice) machine.run('telemetry', choice);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(machine.home, path, '..'), { recursive: true });
      writeFileSync(join(machine.home, path), text);
    }
    machine.with({ ACME_TELEMETRY_ENDPOINT: collector.url, ...variables });
    const ruled = policy ? ruledBy(policy, machine) : [];
    const before = machine.files();
    const traced = join(machine.home, '..', `trace-${process.pid}`);
    t.after(() => rmSync(traced, { force: true }));
    const calls = 'trace=execve,connect,unlink,unlinkat,rename,mkdir,openat';
    const trace = ['strace', '-f', '-qq', '-e', calls, '-o', traced, process.execPath, tool, 'build'];
    assert.deepEqual(await machine.runBeside(...ruled, ...trace), PLAIN);
    const seen = readFileSync(traced, 'utf8').split('\n');
    const made = seen.filter((line) => /connect\(.*sin6?_addr|O_CREAT|rename\(|mkdir\(/.test(line));
    assert.deepEqual([seen.filter((line) => line.includes('execve(')).length, made], [1, []]);
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

test('this machine has strace', () => {
  assert.equal(
    spawnSync('strace', ['-V']).error,
    undefined,
    'install strace, which tells what the kernel was asked for',
  );
});
