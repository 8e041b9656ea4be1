// Must not type-check: texts where the catalogue declares several members.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('command_finished', { flags: process.argv });
