// Must not type-check: a member that the catalogue does not declare.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('command_finished', { command: 'destroy' });
