// Must not type-check: a version that is a text.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('plugin_loaded', { plugin_version: '1.0.0-alice.laptop' });
