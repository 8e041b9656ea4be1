// What one call costs: `node cost.mjs ours` prints the median of rounds of 64 calls in nanoseconds, with the network of
// others answering at once.

import { CLIENTS } from './clients.mjs';

const ROUNDS = 300;
const CALLS = 64;

const answer = () =>
  Promise.resolve(new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } }));
globalThis.fetch = answer;
const client = await CLIENTS[process.argv[2]]();
globalThis.fetch = answer;
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) client.record();
  rounds.push(Number(process.hrtime.bigint() - start) / CALLS);
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(rounds.sort((a, b) => a - b)[ROUNDS / 2]);
process.exit();
