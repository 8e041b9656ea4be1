// The judge, by `conformance/check`. Runs anywhere: it is given the package, the catalogue and the cases.

import { equal, known } from './equal.mjs';

/** `events.json`; answers how many cases there were. */
export function checkEvents({ checkEvent, parseDay }, vocabulary, cases) {
  for (const it of cases) {
    known(it, ['name', 'day', 'event', 'kept', 'rejected'], it.name);
    const judged = checkEvent(vocabulary, it.event, parseDay(it.day));
    if (typeof judged === 'string') equal(judged, it.rejected, it.name);
    else equal(kept(vocabulary.events[it.event.event], judged), it.kept, it.name);
  }
  return cases.length;
}

/** `origins.json`; answers how many cases there were. */
export function checkOrigins({ checkFields, refusalOf }, vocabulary, cases) {
  for (const it of cases) {
    known(it, ['name', 'origin', 'kept', 'refused'], it.name);
    const sheet = checkFields(vocabulary.origin, it.origin);
    equal(kept(vocabulary.origin, sheet), it.kept, it.name);
    equal(refusalOf(vocabulary.origin, sheet), it.refused, it.name);
  }
  return cases.length;
}

/** A sheet as the cases spell it. */
function kept(fields, { values, folded, dropped }) {
  const spelt = Object.entries(values).map(([name, value]) => [name, spell(fields[name], value)]);
  return { values: Object.fromEntries(spelt), folded, dropped };
}

function spell(kind, value) {
  if ('id' in kind) return '(id)';
  if (typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return value;
  return [...value.filter((word) => word === 'other'), ...value.filter((word) => word !== 'other')];
}
