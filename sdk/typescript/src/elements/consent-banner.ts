/**
 * `<consent-banner>` makes more of markup that works without it: it hides what was answered, opens the settings over the
 * page, and lets scripts of a category run once they may. It writes no markup; the one text that becomes a script's
 * address is of this site.
 */

import { BITS, chosen, cookie, held, named, record } from './choice.js';

/** Which categories are on. */
export interface Choice {
  readonly essential: true;
  readonly marketing: boolean;
  readonly analytics: boolean;
  readonly functional: boolean;
}

/** What a page asks: `window.consent`. */
export interface Consent {
  /** What holds now, as soon as it is known. On a page without a banner it never is, and nothing may start. */
  ready(): Promise<Choice>;
  /** Opens the settings, as a link to `#privacy-settings` does. */
  open(): void;
}

declare global {
  interface Window {
    consent: Consent;
  }
  interface DocumentEventMap {
    consentchange: CustomEvent<Choice>;
  }
}

/** The address of the settings, which is the dialog's `id`: so a link finds them without script too. */
const SETTINGS = '#privacy-settings';

let bits = 0;
let known: () => void;
const isKnown = new Promise<void>((resolve) => (known = resolve));
let policy: { createScriptURL(url: string): unknown } | undefined;

const choice = () => Object.fromEntries(Object.entries(BITS).map(([name, bit]) => [name, !!(bits & bit)])) as unknown as Choice;

/** On a server there is nothing to extend. */
const Base = globalThis.HTMLElement ?? Object;

/** The element. Attributes: `version`, `model`, `gpc`, `action`; `cookies-marketing` and so on: names of cookies, `_ga*`. */
export class ConsentBanner extends Base {
  #isAwake = false;

  connectedCallback(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    // What is in it may not be there before the page is.
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => wake(this));
    else wake(this);
  }
}

function wake(host: HTMLElement): void {
  const attribute = (name: string) => host.getAttribute(name) ?? '';
  const [notice, dialog, status] = ['section', 'dialog', '[role=status]'].map((name) => host.querySelector<HTMLElement>(name)) as [HTMLElement, HTMLDialogElement, HTMLElement];
  const version = +attribute('version');
  const { globalPrivacyControl, doNotTrack } = navigator as { globalPrivacyControl?: unknown; doNotTrack?: unknown };
  // Either may know what the other does not: a header that something on the way has added, a property of the browser.
  const isSignalled = attribute('gpc') === '1' || globalPrivacyControl === true || doNotTrack === '1';
  const channel = new BroadcastChannel('consent');
  /** What was chosen here, for a browser that keeps no cookie. */
  let own = '';
  let saved: number | undefined;
  let ran = 0;

  const switches = () => dialog.querySelectorAll<HTMLInputElement>('[type=checkbox]');
  const look = () => {
    const before = bits;
    const now = held(attribute('model'), version, isSignalled, document.cookie + own);
    ({ bits, saved } = now);
    notice.hidden = !now.isAsked;
    host.querySelector<HTMLElement>('[data-signal]')!.hidden = !isSignalled;
    for (const box of switches()) box.checked = !!(bits & BITS[box.name]!);
    const lost = before & ~bits;
    for (const name in BITS) if (lost & BITS[name]!) forget(attribute(`cookies-${name}`));
    if (before && before !== bits) document.dispatchEvent(new CustomEvent('consentchange', { detail: choice() }));
    // What has run cannot be taken out of a page.
    if (lost & ran) location.reload();
    else ran |= start();
  };
  const open = () => {
    look();
    dialog.showModal();
  };

  host.addEventListener('submit', (event) => {
    event.preventDefault();
    const action = (event.submitter as HTMLButtonElement).value;
    let on = 0;
    for (const box of switches()) if (box.checked) on |= BITS[box.name]!;
    const said = record(version, action, chosen(action, on), isSignalled, saved);
    own = document.cookie = cookie(said, Math.floor(Date.now() / 1000), location.protocol === 'https:');
    own = '; ' + own;
    fetch(attribute('action'), { method: 'POST', body: new URLSearchParams(said), keepalive: true }).catch(() => {});
    dialog.close();
    status.textContent = status.dataset.saved!;
    channel.postMessage(0);
    look();
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest(`[href="${SETTINGS}"],[data-close]`);
    if (!link) return;
    event.preventDefault();
    if (dialog.contains(link)) dialog.close();
    else open();
  });
  channel.onmessage = look;
  window.consent.open = open;
  look();
  known();
  if (location.hash === SETTINGS) open();
}

/** Deletes cookies, wherever on this host's domains they were set. */
function forget(list: string): void {
  for (const name of named(list, document.cookie)) {
    const parts = location.hostname.split('.');
    const domains = parts.map((_, at) => `; Domain=${parts.slice(at).join('.')}`);
    for (const domain of ['', ...domains]) document.cookie = `${name}=; Max-Age=0; Path=/${domain}`;
  }
}

/** Lets the waiting scripts of this site run whose category is on, in their order. Answers the categories of those. */
function start(): number {
  let ran = 0;
  for (const waiting of document.querySelectorAll<HTMLScriptElement>('script[type="text/plain"][data-src]')) {
    const bit = BITS[waiting.dataset.category!]!;
    const url = new URL(waiting.dataset.src!, document.baseURI);
    if (!(bits & bit) || url.origin !== location.origin) continue;
    const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } };
    const rules = { createScriptURL: (text: string) => text };
    policy ??= trustedTypes?.createPolicy('aboveboard-consent', rules) ?? rules;
    const script = document.createElement('script');
    script.type = waiting.dataset.type ?? '';
    script.nonce = waiting.nonce;
    script.async = false;
    script.src = policy.createScriptURL(url.href) as string;
    waiting.replaceWith(script);
    ran |= bit;
  }
  return ran;
}

if (globalThis.window && !window.consent) window.consent = { ready: () => isKnown.then(choice), open: () => {} };
try {
  customElements.define('consent-banner', ConsentBanner);
} catch {
  // This is a server, or it was loaded before.
}
