/** Both elements for pages, and the markup of the banner for servers: `aboveboard/elements`. */

export { ConsentBanner, type Choice, type Consent } from './elements/consent-banner.js';
export { ErrorFeedback } from './elements/error-feedback.js';
export { consentHtml, type ConsentOptions, TEXTS as consentTexts } from './elements/markup.js';
