/**
 * How a vote leaves: to the development server of the tool that failed, or, where a `tool` is named, from a docs page to a
 * collector. A visitor's other choices are not asked for, as nothing is sent before somebody clicks.
 */

import { randomId, today } from '../browser/world.js';

/** What somebody answered. */
export interface Vote {
  readonly helpful: boolean;
  readonly reason?: string | undefined;
}

/** Why nothing can be answered, or was not taken: one of the two below, or in the receiver's words. Else empty. */
export type Why = string;
export const VOTED = 'You answered this month.';
export const SILENT = 'nobody answered';

/** A way to those who count. */
export interface Way {
  /** What is sent, byte for byte. */
  body(vote: Vote): string;
  /** Whether anything can be answered; or, with a body, sends it. */
  ask(body?: string): Promise<Why>;
  /** What the development server says onward, once it was asked. */
  onward?: object | undefined;
}

/** The way that the attributes of an element describe. */
export function wayOf(attribute: (name: string) => string): Way {
  const [code, tool, endpoint = ''] = ['code', 'tool', 'endpoint'].map(attribute);
  const [id, day] = [randomId(), today()];
  const month = day.slice(0, 7);
  /** The entry in the browser's storage that remembers the month of a vote on a docs page. */
  const key = `error-feedback:${tool}/${code}`;

  const way: Way = {
    body(vote) {
      if (!tool) return JSON.stringify({ code, ...vote });
      const fields = { code, ...vote, surface: 'docs' };
      return JSON.stringify({ v: 1, id, tool, day, events: [{ event: 'feedback_given', fields }] });
    },
    async ask(body) {
      let why: Why = SILENT;
      try {
        if (tool && !body) return localStorage[key] === month ? VOTED : '';
        // A text, which needs no preflight.
        const answer = await fetch(body ? endpoint : `${endpoint}?code=${code}`, {
          method: body ? 'POST' : 'GET',
          body: body ?? null,
          keepalive: true,
          credentials: 'omit',
        });
        const said = await answer.json().catch(() => ({}));
        way.onward ??= said.sends;
        if (said.voted || answer.status === 409) return VOTED;
        const isFine = answer.ok && said.enabled !== false;
        why = isFine ? (Object.keys(said.rejected ?? {})[0] ?? '') : (said.reason ?? said.detail ?? `${answer.status}`);
        if (tool && !why) localStorage[key] = month;
      } catch {
        // Nobody answered, or the browser keeps nothing, with which the collector reckons.
      }
      return why;
    },
  };
  return way;
}
