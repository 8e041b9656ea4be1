// A tool that is bundled into one file, as ES module and as CommonJS, records and sends with its copy of the sender.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { decodeBatch } from '../../dist/esm/index.js';
import { listen } from './listener.mjs';
import { Machine, TOOL } from './machine.mjs';

const SENDER = fileURLToPath(new URL('../../dist/esm/node/sender.js', import.meta.url));
const SOURCE = `
  import { open } from 'aboveboard/node';
  import { acme } from './acme.js';
  open({ vocabulary: acme, version: '1.4.2', sender: process.argv[2] }).record('command_finished', { command: 'build' });
  process.exit();`;

for (const [format, name] of [
  ['esm', 'tool.mjs'],
  ['cjs', 'tool.cjs'],
]) {
  test(`a tool in one file sends (${format})`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'aboveboard-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [outfile, sender] = [join(folder, name), join(folder, 'sender.mjs')];
    const stdin = { contents: SOURCE, resolveDir: join(TOOL, '..') };
    buildSync({ stdin, outfile, format, bundle: true, platform: 'node', logLevel: 'error' });
    copyFileSync(SENDER, sender);
    const collector = await listen(t, 200);
    const machine = Machine.thatSendsTo(t, collector.url);
    assert.deepEqual(await machine.runBeside(process.execPath, outfile, sender), { code: 0, stdout: '', stderr: '' });
    assert.equal(decodeBatch(String(await collector.body())).events[0].event, 'command_finished');
    await machine.settled();
  });
}
