// Must not type-check: a field of another event.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('plugin_loaded', { command: 'build' });
