/** Sends the batches that wait, and learns from the answers. A batch has an id, by which a repeat counts once. */

import type { Shelf } from './shelf.js';
import type { Line } from './show.js';
import { post } from './world.js';

const SAID_MAX = 256;

/** What sends all that waits, at once because the page may be about to end: whether everything arrived. */
export function deliveryOf(endpoint: string, shelf: Shelf, report: Line[]) {
  const underway: Record<string, Promise<boolean>> = {};

  /** Whether a batch arrived. One that never will is given up; any other waits for another time, or another page. */
  const send = async (key: string): Promise<boolean> => {
    const once = shelf.lines(key);
    const status = await post(`${endpoint}/v1/batches`, `${once.pop()}`);
    const arrived = status >= 200 && status < 300;
    report.push([status || 5, key]);
    delete underway[key];
    // It is gone when somebody switched off in the meantime: then nothing is to be remembered either.
    if (status && shelf.lines(key)[0]) {
      if (status < 500 && status !== 429) shelf.remove(key);
      if (arrived && once[0]) mark(shelf, key.slice(0, 10), once);
      if (status === 410) shelf.keep({ ended: true });
    }
    return arrived;
  };

  return async (): Promise<boolean> => {
    const answers = await Promise.all(shelf.keys().map((key) => (underway[key] ??= send(key))));
    return answers.every(Boolean);
  };
}

/** Remembers what was said on a day, and forgets what was said before. */
function mark(shelf: Shelf, day: string, keys: readonly string[]): void {
  const { said = [] } = shelf.state();
  shelf.keep({ said: [...(said[0] === day ? said : [day]), ...keys].slice(0, SAID_MAX) });
}
