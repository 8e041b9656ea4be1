// Must not type-check: a number that is a text.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('command_finished', { duration: '12' });
