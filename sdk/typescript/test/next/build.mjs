// Puts the package into node_modules as npm would install it, and a copy of the app that Next.js may write to.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [here, root] = [import.meta.dirname, join(import.meta.dirname, '../../../..')];
const [source, target, site] = [join(here, '../..'), join(here, 'node_modules/aboveboard'), join(here, 'built')];

const built = spawnSync(process.execPath, [join(source, 'build.mjs')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
rmSync(target, { recursive: true, force: true });
for (const part of ['package.json', 'bin', 'dist']) cpSync(join(source, part), join(target, part), { recursive: true });
cpSync(join(here, 'site'), site, { recursive: true });
cpSync(join(root, 'examples/hello-react/src/acme-ui.ts'), join(site, 'acme-ui.ts'));
