#!/usr/bin/env node
/** A small command line tool that adopts aboveboard: `open` first, and a line for each thing that happens. */

import { open, runCommand, wordOf } from 'aboveboard/node';
import { acme, acmeAbout } from './acme.js';

const tool = { vocabulary: acme, about: acmeAbout, version: '1.4.2' };
const telemetry = open(tool);
const [name, ...words] = process.argv.slice(2);

if (name === 'telemetry') {
  process.exitCode = await runCommand(tool, words);
} else {
  const started = performance.now();
  const outcome = work(name);
  const command = wordOf(acme, 'command_finished', 'command', name);
  telemetry.record('command_finished', { command, outcome, duration: performance.now() - started });
  process.exit(outcome === 'ok' ? 0 : 3);
}

/** What the tool is for. */
function work(name = ''): 'ok' | 'failed' {
  if (name === 'panic') throw new Error('the tool has a bug');
  if (['build', 'check', 'clean'].includes(name)) {
    console.log(`${name}: done`);
    return 'ok';
  }
  console.error(`acme: \`${name}\` is not a command`);
  return 'failed';
}
