// Generated catalogues as modules: their types taken off, as any bundler does.

import { transformSync } from 'esbuild';
import { read } from './golden.mjs';

/** What a generated file exports. */
export async function catalog(path) {
  const { code } = transformSync(read(path), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

export const { acme, acmeAbout } = await catalog('sdk/typescript/test/catalogs/acme.ts');
export const { acme: conformance } = await catalog('sdk/typescript/test/catalogs/conformance.ts');
