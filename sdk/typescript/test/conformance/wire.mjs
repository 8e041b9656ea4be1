// The wire, by `conformance/wire`. Runs anywhere: it is given the package and the cases.

import { equal, known } from './equal.mjs';

/** `batches.json`; answers how many cases there were. */
export function checkBatches({ decodeBatch, encodeBatch }, cases) {
  for (const it of cases) check(it, () => encodeBatch(decodeBatch(it.bytes)));
  return cases.length;
}

/** `receipts.json`; answers how many cases there were. */
export function checkReceipts({ decodeReceipt }, cases) {
  for (const it of cases) check(it, () => JSON.stringify(decodeReceipt(it.bytes)));
  return cases.length;
}

function check(it, written) {
  known(it, ['name', 'bytes', 'canonical', 'version', 'error'], it.name);
  const found = attempt(written);
  if (typeof found === 'string') equal(found, it.canonical, it.name);
  else if (found.name === 'OtherVersion') equal(found.version, it.version, it.name);
  else if (it.error === undefined) throw new Error(`${it.name}: ${found.message}`);
}

/** A text, or the error instead. */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
