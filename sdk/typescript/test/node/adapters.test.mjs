// The command in the command lines of others, with the real packages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand as runCitty, defineCommand } from 'citty';
import { Command } from 'commander';
import { acme, acmeAbout } from '../catalogs.mjs';
import { cittyCommand, commanderCommand } from '../../dist/esm/node/index.js';

const tool = { vocabulary: acme, about: acmeAbout, version: '1.4.2' };

/** The exit code that a command line asks for. */
async function codeOf(run) {
  process.exitCode = 0;
  await run();
  const code = process.exitCode;
  process.exitCode = 0;
  return code;
}

test('commander hands on every word', async () => {
  const program = new Command('acme').addCommand(commanderCommand(Command, tool));
  assert.match(program.helpInformation(), /telemetry .*What this tool tells its makers/);
  const run = (...words) => codeOf(() => program.parseAsync(['node', 'acme', 'telemetry', ...words]));
  assert.deepEqual([await run('inspect', '--nonsense'), await run('inspect', 'seven')], [2, 2]);
});

test('citty hands on every word', async () => {
  const program = defineCommand({ meta: { name: 'acme' }, subCommands: { telemetry: cittyCommand(tool) } });
  const run = (...words) => codeOf(() => runCitty(program, { rawArgs: ['telemetry', ...words] }));
  assert.deepEqual([await run('inspect', '--nonsense'), await run('inspect', 'seven')], [2, 2]);
});
