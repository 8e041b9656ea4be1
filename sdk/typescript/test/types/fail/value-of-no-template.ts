// Must not type-check: a value that the template does not have.
import { defineErrors } from 'aboveboard/errors';
const errorCodes: readonly ('ACME_DISK_FULL' | 'ACME_LINK_BROKEN')[] = [];
const errors = defineErrors(errorCodes, { ACME_DISK_FULL: 'no room in {folder}' });
errors.ACME_DISK_FULL({ file: 'x' });
