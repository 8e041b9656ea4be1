// The rules in src are those that all SDKs share.

import { test } from 'node:test';
import { golden, read } from './golden.mjs';

const HEAD = `/**
 * The rules that tell CI, containers and coding agents, from \`conformance/environment\`, which all SDKs share. Written
 * by \`npm run update\`, and a test compares them; change the JSON instead.
 */

import type { Rules } from './rules.js';
`;

/** A rule file as TypeScript, a line for each rule. */
function constant(name, file) {
  const { never, rules } = JSON.parse(read(`conformance/environment/${file}.json`));
  const lines = rules.map((rule) => `    { name: ${text(rule.name)}, when: [${rule.when.map(text).join(', ')}] },\n`);
  return `\nexport const ${name}: Rules = {\n  never: [${never.map(text).join(', ')}],\n  rules: [\n${lines.join('')}  ],\n};\n`;
}

const text = (value) => `'${value}'`;

test('the rules are those of the conformance cases', () => {
  const all = [
    ['CI', 'ci'],
    ['CONTAINERS', 'containers'],
    ['AGENTS', 'agents'],
  ];
  golden('sdk/typescript/src/rules.data.ts', HEAD + all.map(([name, file]) => constant(name, file)).join(''));
});
