/**
 * The process that sends, so that no run waits for a network: detached, without a terminal or handles of its parent, in
 * no folder that it keeps busy, with ten seconds to live. In CI and containers, where nothing lives on, it is started
 * early and told to go at the end of the run, which waits for it a moment.
 */

import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nameless } from './disk.js';
import type { Install, Tool } from './install.js';
import { EXIT_WAIT_MS_MAX } from './limits.js';
import type { Spool } from './spool.js';

/** Starts the process that sends what waits. That it could not be started is as good as a network that is down. */
export function startSender(install: Install, program: string | undefined, random: bigint): void {
  start(install, program, random, 'ignore');
}

/** Starts it while the tool works. It waits until it is told to go, or until the tool has ended. */
export function startEarly(install: Install, program: string | undefined, random: bigint): ChildProcess | undefined {
  return start(install, program, random, 'pipe');
}

/** Lets an early process go, and waits a little until it is done. */
export function finishEarly(child: ChildProcess, spool: Spool): void {
  const before = spool.settings('next').toString();
  const signal = child.stdio[3];
  if (!signal || !('write' in signal)) return;
  signal.write('go\n');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const isDone = () => spool.settings('next').toString() !== before && !spool.isLocked();
  for (let waited = 0; waited < EXIT_WAIT_MS_MAX && !isDone(); waited += 2) Atomics.wait(cell, 0, 0, 2);
}

type Signal = 'ignore' | 'pipe';

function start(
  install: Install,
  program: string | undefined,
  random: bigint,
  signal: Signal,
): ChildProcess | undefined {
  const path = install.spool()?.path(`new-sender-${random.toString(16)}`);
  let child: ChildProcess | undefined;
  try {
    const run = (input: number) => {
      child = launch(program ?? besideThis('sender.js'), input, signal);
    };
    if (path) nameless(path, JSON.stringify(toldTo(install.tool)), run);
  } catch {
    // No process can be started here: what waits goes with another run.
  }
  return child;
}

/** Starts the program, and does not wait for it. */
function launch(program: string, input: number, signal: Signal): ChildProcess {
  const child = processes().spawn(process.execPath, [program], {
    detached: true,
    stdio: [input, 'ignore', 'ignore', signal],
    cwd: neutral(),
    env: { ...process.env, NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  });
  const pipe = child.stdio[3];
  [child, pipe].forEach((it) => it?.on('error', () => {}));
  child.unref();
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return child;
}

/** A file of this package. A tool that is bundled into one file has none there, and says where its copy is. */
function besideThis(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), name);
}

/** Loaded when it is needed, which is once in many runs. */
function processes(): typeof import('node:child_process') {
  return createRequire(process.execPath)('node:child_process');
}

/** What the process that sends has to know; the rest it reads for itself. */
function toldTo({ vocabulary, version, distributor }: Tool): Tool {
  return { vocabulary, version, distributor };
}

/** A folder that nobody wants to delete or unmount. */
function neutral(): string {
  return process.platform === 'win32' ? 'C:\\' : '/';
}
