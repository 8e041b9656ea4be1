// What bundlers make of it: it works in each, and a production build of a library that guards it holds no byte of it.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { root } from './stage.mjs';

const TRACES = ['aboveboard', 'v1/batches', 'component_mounted', 'pagehide', 'telemetry.acme.example'];
const source = (isGuarded) => `
  import { createElement } from 'react';
  ${isGuarded === undefined ? '' : `import { TelemetryProvider, useRecordMounted } from 'aboveboard/react';
  import { acmeUi as vocabulary } from ${JSON.stringify(join(root, 'examples/hello-react/src/acme-ui.ts'))};`}
  export function Table(props) {
    ${isGuarded === undefined ? '' : `if (process.env.NODE_ENV !== 'production') useRecordMounted('Table', props);`}
    return createElement('table', null, props.children);
  }
  export function Acme({ children }) {
    ${isGuarded === undefined ? '' : `if (process.env.NODE_ENV !== 'production')
      return createElement(TelemetryProvider, { vocabulary, version: '2.1.0', development: () => true, notice: false }, children);`}
    return children;
  }
`;

/** Each bundler, from the folder of an entry to the code it makes of it. React is left to the app. */
const BUNDLERS = {
  async esbuild(folder, mode) {
    const options = { bundle: true, minify: true, format: 'esm', external: ['react'], write: false };
    const define = { 'process.env.NODE_ENV': JSON.stringify(mode) };
    const { outputFiles } = await esbuild({ ...options, define, entryPoints: [join(folder, 'entry.js')] });
    return outputFiles.map(({ text }) => text).join('\n');
  },
  async vite(folder, mode) {
    const lib = { entry: join(folder, 'entry.js'), formats: ['es'], fileName: 'out' };
    const define = { 'process.env.NODE_ENV': JSON.stringify(mode) };
    const build = { lib, write: false, minify: true, rolldownOptions: { external: ['react'] } };
    const [{ output }] = await vite({ root: folder, mode, define, build, configFile: false, logLevel: 'error' });
    return output.map(({ code }) => code).join('\n');
  },
  async webpack(folder, mode) {
    const output = { path: join(folder, 'webpack'), library: { type: 'module' }, chunkFormat: 'module' };
    const module = { rules: [{ test: /\.ts$/, use: join(import.meta.dirname, 'typeless.cjs') }] };
    const options = { mode, entry: join(folder, 'entry.js'), output, module, externals: ['react'], resolve: { extensionAlias: { '.js': ['.ts', '.js'] } }, externalsType: 'module', experiments: { outputModule: true }, devtool: false };
    const stats = await new Promise((done, fail) => webpack(options, (error, stats) => (error ? fail(error) : done(stats))));
    assert.ok(!stats.hasErrors(), stats.toString());
    const files = await readdir(output.path);
    return (await Promise.all(files.map((file) => readFile(join(output.path, file), 'utf8')))).join('\n');
  },
};

let folder;
before(async () => void (folder = await mkdtemp(join(import.meta.dirname, 'node_modules/.build-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function built(bundler, mode, isGuarded) {
  await writeFile(join(folder, 'entry.js'), source(isGuarded));
  await rm(join(folder, 'webpack'), { recursive: true, force: true });
  return BUNDLERS[bundler](folder, mode);
}

for (const bundler of Object.keys(BUNDLERS)) {
  test(`${bundler}: it is there in development, and no byte of it in production`, async () => {
    const development = await built(bundler, 'development', true);
    for (const trace of TRACES.slice(1)) assert.ok(development.includes(trace), `${trace} is not in development`);
    const production = await built(bundler, 'production', true);
    for (const trace of TRACES) assert.ok(!production.includes(trace), `${trace} is in production:\n${production}`);
    // The same code; its letters are the bundler's choice.
    assert.equal(production.length, (await built(bundler, 'production', undefined)).length);
  });
}
