/**
 * The only reader of environment variables, the operating system, the terminal and the clock. What is read is plain
 * data. Never read, because nothing may say it: the host name, the user, paths as facts, hardware addresses, version
 * control, the model of the CPU.
 */

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { isatty } from 'node:tty';
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
    terminal: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
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
  const release = process.platform === 'darwin' ? '/System/Library/CoreServices/SystemVersion.plist' : '/etc/os-release';
  const runtime = 'bun' in process.versions ? 'bun' : 'deno' in process.versions ? 'deno' : 'node';
  return {
    os: { darwin: 'macos', win32: 'windows' }[process.platform as string] ?? process.platform,
    arch: { x64: 'x86_64', arm64: 'aarch64', ia32: 'x86' }[process.arch as string] ?? process.arch,
    release: asked('os_version') || asked('distribution') ? head(release) : '',
    meminfo: asked('memory') ? head('/proc/meminfo') : '',
    cpus: asked('cpus') ? availableParallelism() : 0,
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
  return BigInt(`0x${randomBytes(16).toString('hex')}`);
}

/** The arguments behind the name of the program. */
export function programArguments(): string[] {
  return process.argv.slice(2);
}

/** The first 4 KiB of a file: what is asked for stands at the head. */
function head(path: string): string {
  try {
    const [file, bytes] = [openSync(path, 'r'), Buffer.alloc(4096)];
    const length = readSync(file, bytes);
    closeSync(file);
    return bytes.toString('utf8', 0, length);
  } catch {
    return '';
  }
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
