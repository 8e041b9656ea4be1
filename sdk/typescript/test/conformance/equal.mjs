// Says whether two values are alike, in Node and in browsers.

/** Throws unless two values are alike: the same JSON, whatever the order of keys. */
export function equal(found, expected, why) {
  const [a, b] = [sorted(found), sorted(expected)].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${why}: found ${a}, expected ${b}`);
}

/** Throws unless only these keys are there: an expectation that nobody checks is a spelling mistake. */
export function known(value, keys, why) {
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${why}: \`${unknown}\` is not a key of a case`);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, it]) => [key, sorted(it)]),
  );
}
