/**
 * `<error-feedback>`: "Was this helpful?" beside an error or on the page of its code. It is drawn into the page itself, so
 * that the page's own style and policy hold, and without markup, so that Trusted Types have nothing to object to. What
 * would leave is shown byte for byte, and nothing leaves before somebody clicks.
 */

import { SILENT, VOTED, type Vote, wayOf } from './way.js';

const [YES, NO] = [{ helpful: true }, { helpful: false }];
const REASONS = ['message_unclear', 'fix_did_not_work', 'wrong_cause', 'not_my_code'];
/** So long a yes can be taken back. Once it is counted, it cannot be found among those of others. */
const UNDO_MS = 5000;

/** On a server there is nothing to extend. */
const Base = globalThis.HTMLElement ?? Object;

/**
 * The element. Attributes: `code`; `endpoint`; `tool`, when the endpoint is a collector's;
 * `texts='{"Yes":"Ja"}'`, what it says in other words.
 */
export class ErrorFeedback extends Base {
  static readonly observedAttributes = ['code'];
  #leave: (() => void) | undefined;

  connectedCallback(): void {
    this.#leave = drawn(this);
  }

  /** Another error has come into its place: what was answered about the last one is sent. */
  attributeChangedCallback(): void {
    if (!this.#leave) return;
    this.#leave();
    this.connectedCallback();
  }

  disconnectedCallback(): void {
    this.#leave?.();
    this.#leave = undefined;
  }
}

function made<Name extends keyof HTMLElementTagNameMap>(name: Name, ...inside: (Node | string)[]) {
  const element = document.createElement(name);
  element.append(...inside);
  return element;
}

/** Draws it; answers what to do when it goes. */
function drawn(host: HTMLElement): () => void {
  const attribute = (name: string) => host.getAttribute(name) ?? '';
  const texts = JSON.parse(attribute('texts') || '{}');
  const text = (english: string): string => texts[english] ?? english;
  const way = wayOf(attribute);
  /** What was answered; why it was not taken; what is said while, or since, nothing can be answered. */
  let vote: Vote | undefined;
  let failure = '';
  let end = '';
  let timer: ReturnType<typeof setTimeout>;

  const button = (english: string, act: () => void) => {
    const element = made('button', text(english));
    element.type = 'button';
    element.onclick = () => end || act();
    return element;
  };
  const hold = (answer?: Vote) => {
    clearTimeout(timer);
    failure = '';
    vote = answer;
    // Whoever says no is asked why, and takes the time that it takes.
    if (answer?.helpful) timer = setTimeout(send, UNDO_MS, answer);
    show();
  };
  const send = async (answer: Vote) => {
    clearTimeout(timer);
    vote = answer;
    end = '…';
    show();
    const why = await way.ask(way.body(answer));
    end = why && why !== VOTED ? '' : text(why || 'Sent. Thank you.');
    failure = `${text('Not sent:')} ${text(why)}`;
    show();
  };

  const yes = button('Yes', () => hold(YES));
  const no = button('No', () => hold(NO));
  const undo = button('Undo', () => (hold(), yes.focus()));
  // At once, without a reason, or again.
  const now = button('Send', () => send(vote!));
  const why = made(
    'fieldset',
    made('legend', text('Why not? (optional)')),
    ...REASONS.map((reason) => button(reason.replaceAll('_', ' '), () => send({ ...NO, reason }))),
  );
  const [status, exact] = [made('p'), made('pre')];
  const details = made('details', made('summary', text('What gets sent')), exact);
  status.role = 'status';
  host.replaceChildren(made('fieldset', made('legend', text('Was this helpful?')), yes, no, undo, now, status, why, details));

  const show = () => {
    for (const element of [yes, no]) {
      element.ariaPressed = `${vote?.helpful === (element === yes)}`;
      element.ariaDisabled = `${!!end}`;
      element.ariaDescription = end;
    }
    undo.hidden = now.hidden = !vote || !!end;
    why.hidden = undo.hidden || vote!.helpful;
    status.textContent = end || failure;
    const bodies = (vote ? [vote] : [YES, NO]).map(way.body);
    // The server shows a yes; what was answered takes its place.
    const onward = JSON.stringify(way.onward)?.replace('"helpful":true', JSON.stringify(vote ?? YES).slice(1, -1));
    exact.textContent = [...bodies, onward].join('\n');
  };
  show();
  way.ask().then((why) => {
    if (why !== SILENT) end ||= text(why);
    show();
  });

  const leave = () => undo.hidden || failure || send(vote!);
  addEventListener('pagehide', leave);
  return () => {
    removeEventListener('pagehide', leave);
    leave();
  };
}

try {
  customElements.define('error-feedback', ErrorFeedback);
} catch {
  // This is a server, or it was loaded before.
}
