// Must not type-check: an error code without a page.
import { defineErrors } from 'aboveboard/errors';
const errorCodes: readonly ('ACME_DISK_FULL' | 'ACME_LINK_BROKEN')[] = [];
const errors = defineErrors(errorCodes, { ACME_DISK_FULL: 'no room in {folder}' });
defineErrors(errorCodes, { ACME_DISK_FUL: 'no room' });
