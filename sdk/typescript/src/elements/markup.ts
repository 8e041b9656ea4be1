/**
 * The markup of `<consent-banner>`, as a tree that a server writes as HTML and React as elements. It is complete: without
 * script the notice is a form, a link shows the settings, and each switch has its word.
 */

import { BITS, held } from './choice.js';

/** What the banner says, in English. Another language gives its own. */
export const TEXTS = {
  title: 'Your privacy',
  about: 'This site may use cookies and similar techniques. You decide which, and can change it at any time.',
  deny: 'Deny',
  accept: 'Accept all',
  settings: 'Settings',
  save: 'Save',
  close: 'Close',
  policy: 'Privacy policy',
  on: 'On',
  off: 'Off',
  saved: 'Your choice was saved.',
  signal: 'Your browser asks sites not to sell or share what they know of you. So Marketing and Analytics are off unless you switch them on here.',
  essential: 'Essential',
  essential_about: 'What the site cannot work without, such as remembering this choice. Always on.',
  marketing: 'Marketing',
  marketing_about: 'Measures what advertising brings people here, and shows advertising elsewhere.',
  analytics: 'Analytics',
  analytics_about: 'Counts which pages are read, so that they can be made better.',
  functional: 'Functional',
  functional_about: 'Remembers what you prefer, and shows what comes from other sites, such as videos.',
};

/** What a page knows when it writes the banner. */
export interface ConsentOptions {
  /** The version of the notice: a higher one asks everybody again. */
  readonly version: number;
  /** What the law of the visitor's region has for those who were not asked. What is not known is `opt-in`. */
  readonly model?: 'opt-in' | 'opt-out' | undefined;
  /** Whether the request had `Sec-GPC: 1` or `DNT: 1`. */
  readonly gpc?: boolean | undefined;
  /** The request's `Cookie` header, so that who has chosen is not asked for a moment. */
  readonly cookies?: string | undefined;
  /** Where choices go: your `consentHandler`, or a collector's `/v1/consent?tool=…` on this host. */
  readonly action: string;
  /** The address of the privacy policy. */
  readonly policy: string;
  /** The path of this page, to which a form without script leads back. */
  readonly path?: string | undefined;
  /** The names of the cookies of each category, to be deleted with its consent; `_ga*` is all that begin so. */
  readonly deletes?: Readonly<Partial<Record<'marketing' | 'analytics' | 'functional', readonly string[]>>> | undefined;
  /** Words of another language. */
  readonly texts?: Partial<typeof TEXTS> | undefined;
}

/** An element: its name, its attributes, and what is in it. `true` is an attribute without a value, `false` is none. */
export type Branch = readonly [name: string, attributes: Readonly<Record<string, string | boolean>>, ...inside: Tree[]];
export type Tree = string | Branch;

/** The banner as a tree. */
export function consentTree(options: ConsentOptions): Branch {
  const { version, model = 'opt-in', gpc = false, cookies = '', action, policy, path = '/', deletes = {} } = options;
  const texts = { ...TEXTS, ...options.texts };
  const { bits, isAsked } = held(model, version, gpc, cookies);

  const button = (act: string, text: string): Tree => ['button', { name: 'act', value: act }, text];
  const hidden = (name: string, value: string): Tree => ['input', { type: 'hidden', name, value }];
  const link = (href: string, text: string, more = {}): Tree => ['a', { href, ...more }, text];
  const form = (...inside: Tree[]): Tree => {
    const fields = [hidden('v', `${version}`), hidden('gpc', gpc ? '1' : '0'), hidden('return', path)];
    return ['form', { method: 'post', action }, ...inside, ...fields];
  };
  const row = (name: 'essential' | 'marketing' | 'analytics' | 'functional'): Tree => {
    const isFixed = name === 'essential';
    const box: Tree = ['input', { type: 'checkbox', name, checked: (bits & BITS[name]!) > 0, disabled: isFixed, 'aria-describedby': `consent-${name}` }];
    const words: Tree[] = [['span', { 'aria-hidden': 'true', 'data-on': true }, texts.on], ['span', { 'aria-hidden': 'true', 'data-off': true }, texts.off]];
    return ['div', {}, ['label', {}, box, ' ', ['b', {}, texts[name]], ' ', ...words], ['p', { id: `consent-${name}` }, texts[`${name}_about`]]];
  };
  const decide = [button('deny', texts.deny), button('accept', texts.accept)];

  const notice: Tree = ['section', { 'aria-label': texts.title, hidden: !isAsked },
    form(['p', {}, ['b', {}, texts.title]], ['p', {}, texts.about, ' ', link(policy, texts.policy)], ['p', {}, ...decide, link('#privacy-settings', texts.settings)])];
  const settings: Tree = ['dialog', { id: 'privacy-settings', 'aria-labelledby': 'privacy-settings-title' },
    form(['h2', { id: 'privacy-settings-title' }, texts.title], ['p', {}, texts.about], ['p', { 'data-signal': true, hidden: !gpc }, texts.signal],
      row('essential'), row('marketing'), row('analytics'), row('functional'),
      ['p', {}, button('save', texts.save), ...decide], ['p', {}, link(policy, texts.policy), ' ', link('#', texts.close, { 'data-close': true })])];
  const cleared = Object.entries(deletes).map(([name, names]) => [`cookies-${name}`, names.join(' ')]);
  const attributes = { version: `${version}`, model, gpc: gpc ? '1' : '0', action, policy, ...Object.fromEntries(cleared) };
  return ['consent-banner', attributes, notice, settings, ['p', { role: 'status', 'data-saved': texts.saved }]];
}

/** The banner as HTML: the first thing in the body after the link that skips to the content. */
export function consentHtml(options: ConsentOptions): string {
  return htmlOf(consentTree(options));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

function htmlOf(tree: Tree): string {
  if (typeof tree === 'string') return escaped(tree);
  const [name, attributes, ...inside] = tree;
  const given = Object.entries(attributes).filter(([, value]) => value !== false);
  const written = given.map(([key, value]) => (value === true ? ` ${key}` : ` ${key}="${escaped(value as string)}"`)).join('');
  return `<${name}${written}>${name === 'input' ? '' : `${inside.map(htmlOf).join('')}</${name}>`}`;
}
