/** What the library says went wrong while somebody develops with it. Each code has a page in `catalogs/acme-ui/errors`. */

import { defineErrors } from 'aboveboard/errors';
import { errorCodes } from './errors.gen.js';

export const acmeUiErrors = defineErrors(errorCodes, {
  ACME_UI_THEME_INVALID: '{file} is not JSON',
  ACME_UI_THEME_MISSING: 'no {file} was found beside package.json',
});
