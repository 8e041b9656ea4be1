// The types as they are published: sound for every way to resolve them, and for what must not be said.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { publint } from 'publint';
import { root } from './stage.mjs';

const modules = join(import.meta.dirname, 'node_modules');
const installed = join(modules, 'aboveboard');
let folder;
before(async () => void (folder = await mkdtemp(join(modules, '.types-'))));
after(() => rm(folder, { recursive: true, force: true }));

function run(script, args, cwd = import.meta.dirname) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(modules, script), ...args], { cwd, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** What a page loads as a sheet has no types. */
const STYLES = ['elements/error-feedback.css', 'elements/consent-banner.css'];

test('attw finds nothing wrong', () => {
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: installed, encoding: 'utf8' });
  const { status, said } = run('@arethetypeswrong/cli/dist/index.js', [join(folder, packed.stdout.trim()), '--profile', 'node16', '--no-emoji', '--exclude-entrypoints', ...STYLES]);
  assert.equal(status, 0, said);
});

test('publint finds nothing wrong', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true });
  assert.deepEqual(messages.filter(({ type }) => type !== 'suggestion'), []);
});

const HEAD = `
  import { open } from 'aboveboard/browser';
  import { oneIn } from 'aboveboard/sampling';
  import { TelemetryProvider, useRecordMounted, useTelemetry } from 'aboveboard/react';
  import { acmeUi as vocabulary, type AcmeUiEvents } from './acme-ui.js';
  const telemetry = open({ vocabulary, version: '2.1.0', development: () => true, notice: false, sample: oneIn(() => 10) });
  export const said = useTelemetry<AcmeUiEvents>();
  export { TelemetryProvider, useRecordMounted };
`;
const GOOD = [
  "telemetry.record('method_called', { method: 'openSignIn', duration: 12 });",
  "telemetry.recordOnce('component_mounted'); said.record('method_called', { method: 'other' });",
  "useRecordMounted('Anything', {}); useRecordMounted<AcmeUiEvents>('Table', {});",
  "useRecordMounted('Anything', {}, 'widget_mounted'); useRecordMounted<AcmeUiEvents, 'component_mounted'>('Table');",
];
const BAD = [
  ["telemetry.record('method_caled');", 'method_caled'],
  ["telemetry.record('method_called', { path: '/home' });", 'path'],
  ["telemetry.record('method_called', { method: 'open' + 'SignIn' });", 'string'],
  ["telemetry.record('framework_found', { framework_version: '16.4.6' });", 'Version'],
  ["said.record('component_mounted', { appearance: 'dark' });", 'boolean'],
  ["useRecordMounted<AcmeUiEvents>('Tabel');", 'Tabel'],
  ["useRecordMounted<AcmeUiEvents, 'widget_mounted'>('Table');", 'never'],
  ["useRecordMounted<AcmeUiEvents, 'method_called'>('useSession');", 'never'],
];

const RESOLUTIONS = { bundler: ['esnext', 'es'], node16: ['node16', 'cjs'], nodenext: ['nodenext', 'es'] };

/** What tsc says of a text; empty when it is content. */
async function compiled(text, resolution, codes = 'errors.gen.ts') {
  const [module, format] = RESOLUTIONS[resolution];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: format === 'es' ? 'module' : 'commonjs' }));
  for (const ending of ['ts', 'js', 'd.ts']) await rm(join(folder, `errors.gen.${ending}`), { force: true });
  const example = join(root, 'examples/hello-react');
  assert.equal(run('aboveboard/bin/errors.mjs', [join(example, 'catalogs/acme-ui/errors'), join(folder, codes)]).said, '');
  await copyFile(join(example, 'src/acme-ui.ts'), join(folder, 'acme-ui.ts'));
  await writeFile(join(folder, 'entry.ts'), HEAD + text);
  const options = { module, moduleResolution: resolution, target: 'es2022', lib: ['es2022', 'dom'], strict: true, noEmit: true, types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['entry.ts'] }));
  return run('typescript/bin/tsc', ['-p', folder]).said;
}

for (const resolution of Object.keys(RESOLUTIONS)) {
  test(`what is declared type-checks under ${resolution}`, async () => {
    for (const codes of ['errors.gen.ts', 'errors.gen.js']) assert.equal(await compiled(GOOD.join('\n'), resolution, codes), '', codes);
  });
}

test('what is not declared does not type-check', async () => {
  for (const [text, about] of BAD) {
    const said = await compiled(text, 'bundler');
    assert.match(said, /error TS/, text);
    assert.ok(said.includes(about), said);
  }
});

test('the examples type-check with the codes that they make of their pages', async () => {
  for (const [name, pages] of [['hello-node', 'catalogs/acme/errors'], ['hello-react', 'examples/hello-react/catalogs/acme-ui/errors']]) {
    const [from, to] = [join(root, 'examples', name), join(folder, name)];
    for (const part of ['src', 'tsconfig.json', 'package.json']) await cp(join(from, part), join(to, part), { recursive: true });
    await rm(join(to, 'src/errors.gen.ts'), { force: true });
    assert.equal(run('aboveboard/bin/errors.mjs', [join(root, pages), join(to, 'src/errors.gen.ts')]).said, '');
    assert.equal(run('typescript/bin/tsc', ['-p', to, '--noEmit']).said, '', name);
  }
});
