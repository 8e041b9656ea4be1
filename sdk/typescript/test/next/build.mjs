// Puts the package into node_modules as npm would install it, and a copy of the app that Next.js may write to.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const example = join(here, '../../../../examples/hello-react');
const [source, target, site] = [join(here, '../..'), join(here, 'node_modules/aboveboard'), join(here, 'built')];

const built = spawnSync(process.execPath, [join(source, 'build.mjs')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
rmSync(target, { recursive: true, force: true });
for (const part of ['package.json', 'bin', 'dist']) cpSync(join(source, part), join(target, part), { recursive: true });
cpSync(join(here, 'site'), site, { recursive: true });
for (const name of ['acme-ui.ts', 'environment.ts']) cpSync(join(example, 'src', name), join(site, name));
// JavaScript, because Turbopack does not look for `x.ts` where `x.js` is imported.
const pages = [join(source, 'bin/errors.mjs'), join(example, 'catalogs/acme-ui/errors'), join(site, 'errors.gen.js')];
const codes = spawnSync(process.execPath, pages, { stdio: 'inherit' });
if (codes.status !== 0) process.exit(codes.status ?? 1);
