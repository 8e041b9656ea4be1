/**
 * For whom one browser in ten is enough: `aboveboard/sampling`. A browser is in a sample or not for a whole month, and
 * the batch carries the rate as the declared fact `one_in`, so that counts can be weighted: ten for each of one in ten.
 */

import type { Sample } from './browser/options.js';
import type { Shelf } from './browser/shelf.js';
import { today } from './browser/world.js';
import { entryOf, membersOf } from './vocabulary.js';

/** Lets one in so many browsers say an event. */
export function oneIn(rate: (event: string) => number): Sample {
  return ({ origin }, shelf, event) => {
    const wanted = rate(event);
    const kind = entryOf(origin, 'one_in');
    // A rate that the origin cannot carry would make counts wrong: then nothing is left out.
    const isCarried = kind && membersOf(kind)?.includes(`${wanted}`);
    return isCarried ? [wanted, placeIn(shelf) * wanted < 1] : [1, true];
  };
}

/** Where this browser stands among all, from 0 to 1: drawn once a month. */
function placeIn(shelf: Shelf): number {
  const month = today().slice(0, 7);
  const { drawn } = shelf.state();
  if (drawn?.[0] === month) return drawn[1];
  const place = Math.random();
  shelf.keep({ drawn: [month, place] });
  return place;
}
