/** Sends the batches that wait, and learns from the answers. A batch has an id, by which a repeat counts once. */

import type { Shelf } from './shelf.js';
import type { Line } from './show.js';
import { post } from './world.js';

/** Whether each of these batches is under way, and arrives. */
export type Underway = Record<string, Promise<boolean>>;

/** Sends all that waits, at once because the page may be about to end: whether everything arrived. */
export async function deliver(endpoint: string, shelf: Shelf, underway: Underway, report: Line[]): Promise<boolean> {
  /** Whether a batch arrived. One that never will is given up; any other waits for another time, or another page. */
  const send = async (key: string): Promise<boolean> => {
    const once = shelf.read(key) as string[];
    const status = await post(`${endpoint}/v1/batches`, once.pop() as string);
    const arrived = status < 300;
    report.push([status, key]);
    delete underway[key];
    // It is gone when somebody switched off in the meantime: then nothing is to be remembered either.
    if (shelf.read(key)[0]) {
      if (status < 500 && status !== 429) shelf.remove(key);
      // What was said before that day is forgotten, and what arrives late takes nothing back of a later one.
      const [marked = ''] = shelf.state().said ?? [];
      if (arrived && once[0] && marked <= key) shelf.keep({ said: [...shelf.said(key.slice(0, 10)), ...once] });
      if (status === 410) shelf.keep({ ended: true });
    }
    return arrived;
  };
  // What another page has sent in the meantime does not wait any more.
  const waiting = shelf.keys.filter((key) => shelf.read(key)[0]);
  const answers = await Promise.all(waiting.map((key) => (underway[key] ??= send(key))));
  return answers.every(Boolean);
}
