// One small tool for each client: it says one event of eight fields, as its documentation says, and ends.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const collector = process.env.BENCH_COLLECTOR ?? 'http://127.0.0.1:9';
const fields = () => ({
  command: 'build',
  outcome: 'ok',
  duration: 1234,
  pages: 3,
  flags: ['watch'],
  cached: true,
  size: 5,
  count: 8,
});

/** Sends what goes to the fixed addresses of others to the collector of the bench. */
function redirect(...hosts) {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(typeof input === 'string' ? input : (input.url ?? input));
    return hosts.includes(url.hostname) ? real(new URL(url.pathname, collector), init) : real(input, init);
  };
}

/** How each begins: it answers how to record once, and how to end. */
export const CLIENTS = {
  none: async () => ({ record() {}, end() {} }),

  /** Ours where its user said no: what is left is loading it, and asking. */
  off: () => CLIENTS.ours(),

  ours: async () => {
    const { open } = await import('../../sdk/typescript/dist/esm/node/index.js');
    const telemetry = open({ vocabulary: VOCABULARY, version: '1.0.0' });
    return { record: () => telemetry.record('command_finished', fields()), end() {} };
  },

  next: async () => {
    redirect('telemetry.nextjs.org');
    const { Telemetry } = require('next/dist/telemetry/storage');
    const telemetry = new Telemetry({ distDir: `${process.env.HOME}/.next` });
    const record = () => telemetry.record({ eventName: 'NEXT_BUILD_COMPLETED', payload: fields() });
    return { record, end: () => telemetry.flush() };
  },

  clerk: async () => {
    redirect('clerk-telemetry.com');
    const { TelemetryCollector, eventMethodCalled } = await import('@clerk/shared/telemetry');
    const publishableKey = `pk_test_${Buffer.from('bench.clerk.accounts.dev$').toString('base64')}`;
    const telemetry = new TelemetryCollector({
      publishableKey,
      samplingRate: 1,
      perEventSampling: false,
      sdk: 'bench',
      sdkVersion: '1.0.0',
    });
    let count = 0;
    return { record: () => telemetry.record(eventMethodCalled('useBench', { ...fields(), count: count++ })), end() {} };
  },

  posthog: async () => {
    const { PostHog } = await import('posthog-node');
    const client = new PostHog('phc_bench', { host: collector });
    return {
      record: () => client.capture({ distinctId: 'bench', event: 'command_finished', properties: fields() }),
      end: () => client.shutdown(),
    };
  },
};

const VOCABULARY = {
  tool: 'bench',
  endpoint: collector,
  hash: '00000000',
  mode: 'on',
  identity: 'none',
  sensitivity: 'technical',
  origin: { version: { version: true }, os: { choice: ['linux', 'macos', 'windows'] } },
  events: {
    command_finished: {
      command: { choice: ['build', 'check'] },
      outcome: { choice: ['failed', 'ok'] },
      duration: { unit: 'ms', log: 0.05, min: 1, max: 3600000 },
      pages: { unit: 'pages', edges: [0, 1, 10, 100] },
      flags: { choices: ['draft', 'watch'] },
      cached: { flag: true },
      size: { unit: 'MiB', edges: [0, 1, 10, 100] },
      count: { unit: 'files', edges: [0, 1, 10, 100] },
    },
  },
};

/** Runs one of them as a tool: `node clients.mjs ours`. */
if (process.argv[1] === import.meta.filename) {
  const client = await CLIENTS[process.argv[2]]();
  client.record();
  console.log('built');
  await client.end();
}
