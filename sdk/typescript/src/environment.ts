/** What surrounds a process, as plain data, and what can be told from it. Who reads it is another file. */

import { AGENTS, CI, CONTAINERS } from './rules.data.js';
import { first } from './rules.js';

/** What surrounds a process. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Whether the three streams are terminals. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Those files out of a short list that exist. */
  readonly files: readonly string[];
  /** The kernel's release, where something asked for it. */
  readonly kernel: string;
  /** The text of `/proc/self/cgroup`, where something asked for it. */
  readonly cgroup: string;
}

/**
 * A variable read as a switch: `undefined` when it is unset or blank, `false` for `0`, `false`, `no` and `off` in any
 * case, `true` for anything else, so that nobody who writes `yes` is ignored.
 */
export function switchOf(environment: Pick<Environment, 'variables'>, name: string): boolean | undefined {
  const value = environment.variables[name]?.trim().toLowerCase();
  return value ? !['0', 'false', 'no', 'off'].includes(value) : undefined;
}

/** The continuous integration this runs in, `other` when it is none we know. */
export function ci(environment: Environment): string | undefined {
  return first(CI, environment);
}

/** The coding agent that started this. */
export function agent(environment: Environment): string | undefined {
  return first(AGENTS, environment);
}

/** The kind of container this runs in. */
export function container(environment: Environment): string | undefined {
  return first(CONTAINERS, environment);
}

/** Whether this is Linux under Windows, and not a container on it. */
export function wsl(environment: Environment): boolean {
  return environment.kernel.toLowerCase().includes('microsoft') && !container(environment);
}

/** Whether a person is likely to read what is written to the terminal. */
export function attended(environment: Environment): boolean {
  return environment.terminal.stderr && !ci(environment) && !agent(environment);
}
