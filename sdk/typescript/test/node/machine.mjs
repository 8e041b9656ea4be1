// The example tool on a machine of its own: a home folder that goes away, and nothing of this environment.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { read } from '../golden.mjs';

/** The folder of the built example, inside the package, so that `aboveboard/node` is this one. */
const BUILT = fileURLToPath(new URL('../../dist/hello-node/', import.meta.url));

/** The program of the example, its types taken off. */
export const TOOL = join(BUILT, 'main.js');
const sources = { 'errors.gen': 'sdk/typescript/test/catalogs/errors.gen.ts' };
for (const name of ['main', 'acme', 'site']) sources[name] = `examples/hello-node/src/${name}.ts`;
mkdirSync(BUILT, { recursive: true });
for (const [name, source] of Object.entries(sources)) {
  const { code } = transformSync(read(source), { loader: 'ts', format: 'esm', target: 'node20' });
  place(join(BUILT, `${name}.js`), code);
}

/** Writes a program as a whole: other files of tests, which run beside this one, may be running it. */
function place(path, code) {
  writeFileSync(`${path}.${process.pid}`, code);
  renameSync(`${path}.${process.pid}`, path);
}

/** The same program as a distributor packages it, who may make defaults stricter. */
export const PACKAGED = join(BUILT, 'packaged.js');
const packaged = readFileSync(TOOL, 'utf8').replace('version: "1.4.2"', '$&, distributor: "off"');
assert.match(packaged, /distributor/);
place(PACKAGED, packaged);

/** What a run looks like when there is no telemetry. */
export const PLAIN = { code: 0, stdout: 'build: done\n', stderr: '' };

export class Machine {
  home = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  /** It says that it is no container, for containers send otherwise. */
  variables = { container: 'no' };

  constructor(test) {
    mkdirSync(join(this.home, 'work'));
    writeFileSync(this.config, 'title = "My site"\n');
    // A sender that nobody waits for may still write here.
    test.after(() => rmSync(this.home, { recursive: true, force: true, maxRetries: 10 }));
  }

  /** A machine whose user chose on, and that sends to this place. */
  static thatSendsTo(test, url) {
    const machine = new Machine(test);
    assert.equal(machine.run('telemetry', 'enable').code, 0);
    return machine.with({ ACME_TELEMETRY_ENDPOINT: url });
  }

  with(variables) {
    Object.assign(this.variables, variables);
    return this;
  }

  /** What the tool reads in the folder where it runs. */
  get config() {
    return join(this.home, 'work/acme.toml');
  }

  get state() {
    return join(this.home, '.local/state/acme/telemetry');
  }

  get options() {
    const env = { PATH: process.env.PATH, HOME: this.home, ...this.variables };
    return { env, cwd: join(this.home, 'work'), encoding: 'utf8', timeout: 60_000 };
  }

  /** Runs the tool, and waits for it while nothing else runs in this process. */
  run(...words) {
    return seen(spawnSync(process.execPath, [TOOL, ...words], { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Runs a program, while this process answers whoever it talks to. */
  async runBeside(program, ...words) {
    const child = spawn(program, words, { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    return seen({ status, ...output });
  }

  build() {
    return this.run('build');
  }

  /** Runs the tool on a terminal of its own, and answers what it showed there, without what was typed. */
  onATerminal(line, typed = '', program = `${process.execPath} ${TOOL}`) {
    const command = `${program} ${line}`;
    const shown = spawnSync('script', ['-qec', command, '-E', 'never', '/dev/null'], { ...this.options, input: typed });
    return shown.stdout.replaceAll('\r', '');
  }

  status() {
    return JSON.parse(this.run('telemetry', 'status', '--json').stdout);
  }

  /** The same machine shortly after it sent: no run starts a process. */
  quiet() {
    mkdirSync(this.state, { recursive: true });
    writeFileSync(join(this.state, 'next'), `next = "${Math.floor(Date.now() / 1000) + 86_400}"\n`);
    return this;
  }

  /** Waits until everything is sent, and nobody sends. */
  async settled() {
    while (names(this.state).some((name) => /^(queue|lock|q-.*|s-.*)$/.test(name))) await turn();
  }

  /** Waits until a sender has failed. */
  async failed() {
    const failed = () => /failures = "[1-9]/.test(textOf(join(this.state, 'next')));
    while (!failed() || existsSync(join(this.state, 'lock'))) await turn();
  }

  /** The names of all files in the home folder that the user has not written. */
  files() {
    const entries = readdirSync(this.home, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .filter((name) => name !== 'acme.toml')
      .sort();
  }
}

function names(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function seen({ status, stdout, stderr }) {
  return { code: status, stdout, stderr };
}
