// Puts the package into node_modules as npm would install it: built, and only what is published.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [source, target] = [join(here, '../..'), join(here, 'node_modules/aboveboard')];

const built = spawnSync(process.execPath, [join(source, 'build.mjs')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
rmSync(target, { recursive: true, force: true });
for (const part of ['package.json', 'bin', 'dist']) cpSync(join(source, part), join(target, part), { recursive: true });

// The codes of the examples, as their own scripts write them.
const example = join(here, '../../../../examples/hello-react');
for (const [cwd, pages, out] of [
  [example, 'catalogs/acme-ui/errors', 'src/errors.gen.ts'],
  [source, '../../catalogs/acme/errors', 'test/catalogs/errors.gen.ts'],
]) {
  const codes = spawnSync(process.execPath, [join(source, 'bin/errors.mjs'), pages, out], { cwd, stdio: 'inherit' });
  if (codes.status !== 0) process.exit(codes.status ?? 1);
}
