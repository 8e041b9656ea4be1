/** Where an event happened: the declared facts that this machine can answer. One that is not declared is not told. */

import { agent, ci, container, wsl } from '../environment.js';
import type { Kind, Vocabulary } from '../vocabulary.js';
import type { Machine, Surroundings } from './surroundings.js';

/** The facts that the vocabulary declares, by their keys on the wire. */
export function origin(
  vocabulary: Vocabulary,
  version: string,
  around: Surroundings,
  machine: Machine,
): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(vocabulary.origin)) {
    const fact = FACTS[name]?.(around, machine, version, kind);
    const value = 'flag' in kind && typeof fact !== 'boolean' ? isNamed(name, fact, kind) : fact;
    if (value !== undefined) said[kind.wire ?? name] = value;
  }
  return said;
}

/** A fact with a name where the catalogue wants no more than whether there is one. */
function isNamed(name: string, fact: unknown, kind: Kind): boolean | undefined {
  return name in FACTS && 'flag' in kind ? fact !== undefined : undefined;
}

type Said = string | number | boolean | undefined;
type Fact = (around: Surroundings, machine: Machine, version: string, kind: Kind) => Said;

/** One function for each fact. Identifiers are given when a batch is sealed. */
const FACTS: Readonly<Record<string, Fact>> = {
  version: (_around, _machine, version) => version,
  os: (_around, { os }) => os,
  os_version: (_around, machine) => osVersion(machine),
  distribution: (_around, machine) => releaseValue(machine.release, 'ID'),
  arch: (_around, { arch }) => arch,
  runtime: (_around, machine, _version, kind) => ('version' in kind ? machine.runtimeVersion : machine.runtime),
  runtime_version: (_around, { runtimeVersion }) => runtimeVersion,
  ci,
  ci_vendor: ci,
  agent,
  container,
  wsl,
  terminal: ({ terminal }) => terminal.stdout,
  cpus: (_around, { cpus }) => cpus || undefined,
  memory: (_around, machine) => memoryMib(machine),
};

/** The major version of the operating system or distribution. */
function osVersion({ release }: Machine): string | undefined {
  const text = /<key>ProductVersion<\/key>\s*<string>([^<]*)/.exec(release)?.[1] ?? releaseValue(release, 'VERSION_ID');
  return /^\d+/.exec(text ?? '')?.[0];
}

function memoryMib({ meminfo }: Machine): number | undefined {
  const kib = /^MemTotal:\s*(\d+) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? undefined : Math.floor(Number(kib) / 1024);
}

/** The value of `KEY=value` or `KEY="value"` in an os-release file. */
function releaseValue(release: string, key: string): string | undefined {
  const line = release.split('\n').find((line) => line.startsWith(`${key}=`));
  return line
    ?.slice(key.length + 1)
    .trim()
    .replace(/^["']+|["']+$/g, '');
}
