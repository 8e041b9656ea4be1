#!/usr/bin/env node
/** A small command line tool that adopts aboveboard: `open` first, and a line for each thing that happens. */

import { codeOf, lastLine } from 'aboveboard/errors';
import { explain, open, runCommand, wordOf } from 'aboveboard/node';
import { acme, acmeAbout } from './acme.js';
import { errorCodes, errorPages } from './errors.gen.js';
import { run } from './site.js';

const tool = { vocabulary: acme, about: acmeAbout, pages: errorPages, version: '1.4.2' };
const telemetry = open(tool);
const [name, ...words] = process.argv.slice(2);

if (name === 'telemetry') {
  process.exitCode = await runCommand(tool, words);
} else if (name === 'explain') {
  process.exitCode = await explain(tool, words);
} else {
  const started = performance.now();
  const outcome = work(name);
  const command = wordOf(acme, 'command_finished', 'command', name);
  telemetry.record('command_finished', { command, outcome, duration: performance.now() - started });
  process.exit(outcome === 'ok' ? 0 : 3);
}

/** Runs a command, and says what went wrong and where there is more about it. */
function work(name = ''): 'ok' | 'failed' {
  if (name === 'panic') throw new Error('the tool has a bug');
  if (name !== 'build' && name !== 'check' && name !== 'clean') {
    console.error(`acme: \`${name}\` is not a command`);
    return 'failed';
  }
  try {
    run(name);
    return 'ok';
  } catch (error) {
    const code = codeOf(error, errorCodes);
    if (code === undefined) throw error;
    telemetry.error(code);
    console.error(lastLine(error, 'acme'));
    return 'failed';
  }
}
