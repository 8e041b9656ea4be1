import { open, version, wordOf } from 'aboveboard/node';
import { acme, acmeAbout } from '../../catalogs/acme.js';

const telemetry = open({ vocabulary: acme, about: acmeAbout, version: '1.4.2' });
telemetry.record('command_finished');
telemetry.record('command_finished', { command: 'build', duration: 1.5, flags: ['watch', 'other'], cached: false });
telemetry.record('command_finished', { command: wordOf(acme, 'command_finished', 'command', process.argv[2]) });
telemetry.record('command_finished', { flags: process.argv.map((text) => wordOf(acme, 'command_finished', 'flags', text)) });
telemetry.record('plugin_loaded', { plugin: '@acme/docs', plugin_version: version('1.0.0') });
