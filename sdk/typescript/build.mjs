// Makes dist/: ES modules and declarations by tsc, and the same files once more as CommonJS. Nothing is minified, so that
// whoever opens node_modules/aboveboard reads what runs; src/ is published beside it.
//
// What a run of a Node tool loads is one file: opening thirty costs twenty milliseconds of processor time.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, transformSync } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const [esm, cjs] = [join(root, 'dist/esm'), join(root, 'dist/cjs')];

rmSync(join(root, 'dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const file of ['node/index.js', 'node/sender.js'].map((file) => join(esm, file))) {
  const options = { bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['./command.js', './explain.js', './feedback.js', './choices.js'] };
  buildSync({ ...options, entryPoints: [file], outfile: file, allowOverwrite: true, logLevel: 'warning' });
}

for (const file of readdirSync(join(root, 'src/elements'))) {
  if (file.endsWith('.css')) cpSync(join(root, 'src/elements', file), join(esm, 'elements', file));
}
for (const file of readdirSync(esm, { recursive: true, encoding: 'utf8' })) {
  const target = join(cjs, file);
  mkdirSync(dirname(target), { recursive: true });
  if (file.endsWith('.d.ts')) cpSync(join(esm, file), target);
  if (file.endsWith('.js')) writeFileSync(target, commonjs(readFileSync(join(esm, file), 'utf8')));
}
writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(join(root, '../..', licence), join(root, licence));

/** A module as CommonJS, where a file knows its own place by another name. */
function commonjs(code) {
  const define = { 'import.meta.url': 'MODULE_URL' };
  const { code: text } = transformSync(code, { format: 'cjs', target: 'node20', platform: 'node', define });
  const url = 'const MODULE_URL = require("node:url").pathToFileURL(__filename).href;\n';
  return text.includes('MODULE_URL') ? text.replace('"use strict";\n', `"use strict";\n${url}`) : text;
}
