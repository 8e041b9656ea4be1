// Must not type-check: a text where the catalogue declares a choice.
import { open } from 'aboveboard/node';
import { acme } from '../../catalogs/acme.js';

open({ vocabulary: acme, version: '1.4.2' }).record('command_finished', { command: process.argv[2] ?? '' });
