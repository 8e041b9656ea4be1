/** Tries the rules that tell CI, containers and coding agents by what they leave in the environment. */

import { type Environment, switchOf } from './environment.js';

/** One rule file of `conformance/environment`, where a page describes the conditions. */
export interface Rules {
  readonly never: readonly string[];
  readonly rules: readonly { readonly name: string; readonly when: readonly string[] }[];
}

/** The name of the first rule that holds. */
export function first(rules: Rules, environment: Environment): string | undefined {
  const holds = (condition: string) => condition.split(' & ').every((test) => testHolds(test, environment));
  if (rules.never.some(holds)) return undefined;
  return rules.rules.find((rule) => rule.when.some(holds))?.name;
}

/** Every file that a rule asks for. */
export function filesOf(...all: readonly Rules[]): string[] {
  const conditions = all.flatMap(({ rules }) => rules.flatMap((rule) => rule.when));
  const tests = conditions.flatMap((condition) => condition.split(' & '));
  return tests.filter((test) => test.startsWith('@file=')).map((test) => test.slice('@file='.length));
}

function testHolds(test: string, environment: Environment): boolean {
  const [, name = '', comparison, wanted = ''] = /^([^=~]*)([=~]?)(.*)$/.exec(test) ?? [];
  if (!comparison) return switchOf(environment, name) === true;
  if (name === '@file') return environment.files.includes(wanted);
  if (name === '@terminal') return !environment.terminal.stdout && !environment.terminal.stderr;
  if (name === '@cgroup') return contains(environment.cgroup, wanted);
  if (name === '@kernel') return contains(environment.kernel, wanted);
  const value = environment.variables[name];
  if (value === undefined) return false;
  return comparison === '=' ? value.trim().toLowerCase() === wanted.toLowerCase() : contains(value, wanted);
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
