// Must not type-check: an error whose code has no page.
import type { Vocabulary } from 'aboveboard';
import { open } from 'aboveboard/node';
const telemetry = open({ vocabulary: {} as Vocabulary<object, 'ACME_DISK_FULL'>, version: '1.4.2' });
telemetry.error('ACME_DISK_FUL');
