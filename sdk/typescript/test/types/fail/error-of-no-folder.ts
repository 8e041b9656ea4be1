// Must not type-check: an error code where the catalogue has no pages.
import type { Vocabulary } from 'aboveboard';
import { open } from 'aboveboard/node';
const telemetry = open({ vocabulary: {} as Vocabulary<object>, version: '1.4.2' });
telemetry.error('ACME_DISK_FULL');
