// The generated catalogues of the tests, with their types taken off, as a bundler does.

import { buildSync } from 'esbuild';
import { ROOT } from './golden.mjs';

/** What a generated file exports. */
export async function catalog(path) {
  const options = { bundle: true, write: false, format: 'esm', platform: 'neutral', logLevel: 'error' };
  const [{ text }] = buildSync({ ...options, entryPoints: [ROOT + path] }).outputFiles;
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

export const { acme, acmeAbout } = await catalog('sdk/typescript/test/catalogs/acme.ts');
export const { acme: conformance } = await catalog('sdk/typescript/test/catalogs/conformance.ts');
