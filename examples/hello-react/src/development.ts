/** The library's part of the development server: reads the theme, says what is wrong with it, and takes votes on that. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, serialise } from 'aboveboard/errors';
import { feedbackHandler, open } from 'aboveboard/node';
import type { Plugin } from 'vite';
import { acmeUi, acmeUiAbout } from './acme-ui.js';
import { errorCodes, errorPages } from './errors.gen.js';
import { acmeUiErrors } from './errors.js';

const FILE = 'theme.json';

/** A plugin for Vite, of which a build takes no notice. */
export function acmeUiDevelopment(): Plugin {
  return {
    name: 'acme-ui',
    apply: 'serve',
    configureServer({ middlewares, config }) {
      const tool = { vocabulary: acmeUi, about: acmeUiAbout, pages: errorPages, version: '2.1.0' };
      const telemetry = open(tool);
      middlewares.use(feedbackHandler({ tool, telemetry }));
      middlewares.use('/__acme-ui/theme', (_request, response) => {
        const answer = themeIn(config.root);
        const code = codeOf(answer, errorCodes);
        if (code) {
          telemetry.error(code);
          config.logger.error(`error[${code}]: ${(answer as Error).message}    more: ${acmeUi.errors?.docs}${code}`);
        }
        response.setHeader('content-type', 'application/json');
        // Nothing but plain data crosses to the page, and the code with it.
        response.end(JSON.stringify(answer instanceof Error ? { error: serialise(answer) } : { theme: answer }));
      });
    },
  };
}

/** The theme, or what is wrong with it. */
function themeIn(folder: string): object | Error {
  let text: string;
  try {
    text = readFileSync(join(folder, FILE), 'utf8');
  } catch (cause) {
    return acmeUiErrors.ACME_UI_THEME_MISSING({ file: FILE }, { cause });
  }
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    return acmeUiErrors.ACME_UI_THEME_INVALID({ file: FILE }, { cause });
  }
}
