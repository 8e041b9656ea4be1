/**
 * The only reader of environment variables, the operating system, the terminal and the clock. What is read is plain
 * data. Never read, because nothing may say it: the host name, the user, paths as facts, hardware addresses, version
 * control, the model of the CPU.
 */

import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Environment } from '../environment.js';
import { AGENTS, CI, CONTAINERS } from '../rules.data.js';
import { filesOf } from '../rules.js';

/** What surrounds this process. */
export interface Surroundings extends Environment {
  readonly platform: string;
  /** The working directory, only to look for a project's own settings. */
  readonly folder: string | undefined;
  /** The folder with the machine's policies. */
  readonly policies: string;
}

/** What is read of the machine, and only when there is something to send about it. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
  /** The text of `/etc/os-release`, or of what macOS has instead. */
  readonly release: string;
  /** The text of `/proc/meminfo`. */
  readonly meminfo: string;
  readonly cpus: number;
  readonly runtime: string;
  readonly runtimeVersion: string;
}

/** Reads what surrounds this process. */
export function surroundings(): Surroundings {
  return {
    variables: { ...process.env },
    terminal: { stdin: isTerminal(0), stdout: isTerminal(1), stderr: isTerminal(2) },
    files: filesOf(CI, CONTAINERS, AGENTS).filter(existsSync),
    kernel: head('/proc/sys/kernel/osrelease'),
    cgroup: head('/proc/self/cgroup'),
    platform: process.platform,
    folder: workingDirectory(),
    policies: policies(),
  };
}

/** Reads what the facts of these names need, and no more. */
export function machine(asked: (name: string) => boolean): Machine {
  const release =
    process.platform === 'darwin' ? '/System/Library/CoreServices/SystemVersion.plist' : '/etc/os-release';
  const runtime = 'bun' in process.versions ? 'bun' : 'deno' in process.versions ? 'deno' : 'node';
  return {
    os: { darwin: 'macos', win32: 'windows' }[process.platform as string] ?? process.platform,
    arch: { x64: 'x86_64', arm64: 'aarch64', ia32: 'x86' }[process.arch as string] ?? process.arch,
    release: asked('os_version') || asked('distribution') ? head(release) : '',
    meminfo: asked('memory') ? head('/proc/meminfo') : '',
    cpus: asked('cpus') ? load('node:os').availableParallelism() : 0,
    runtime,
    runtimeVersion: process.versions[runtime] ?? '',
  };
}

/** Seconds since 1970. */
export function clock(): number {
  return Math.floor(Date.now() / 1000);
}

/** 128 random bits. */
export function random(): bigint {
  return BigInt(`0x${randomBytes().toString('hex')}`);
}

/** The arguments behind the name of the program. */
export function programArguments(): string[] {
  return process.argv.slice(2);
}

/** From the kernel where it has a file for it: `node:crypto` takes milliseconds to load. */
function randomBytes(): Buffer {
  const bytes = Buffer.alloc(16);
  return readInto('/dev/urandom', bytes) === bytes.length ? bytes : load('node:crypto').randomBytes(bytes.length);
}

/** Reads the beginning of a file, in one call; answers how many bytes that were. */
function readInto(path: string, bytes: Buffer): number {
  try {
    const file = openSync(path, 'r');
    const length = readSync(file, bytes);
    closeSync(file);
    return length;
  } catch {
    return 0;
  }
}

/** The parts of Node that cost milliseconds to load, and that most runs do not need. */
interface Parts {
  readonly 'node:crypto': typeof import('node:crypto');
  readonly 'node:os': typeof import('node:os');
  readonly 'node:tty': typeof import('node:tty');
}

function load<Name extends keyof Parts>(name: Name): Parts[Name] {
  // Any absolute path will do, and in a bundle a module does not know its own.
  return createRequire(process.execPath)(name);
}

/** Whether a handle is a terminal. Whatever is no device, and `/dev/null`, is none, without asking further. */
function isTerminal(handle: number): boolean {
  try {
    const it = fstatSync(handle);
    if (process.platform !== 'win32' && (!it.isCharacterDevice() || it.rdev === statSync('/dev/null').rdev))
      return false;
    return load('node:tty').isatty(handle);
  } catch {
    return false;
  }
}

/** The first 4 KiB of a file: what is asked for stands at the head. */
function head(path: string): string {
  const bytes = Buffer.alloc(4096);
  return bytes.toString('utf8', 0, readInto(path, bytes));
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Where administrators put policies. */
function policies(): string {
  if (process.platform === 'darwin') return '/Library/Application Support';
  return process.platform === 'win32' ? (process.env['ProgramData'] ?? '') : '/etc';
}
