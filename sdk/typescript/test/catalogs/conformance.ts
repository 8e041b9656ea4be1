/**
 * What `acme` may say about its use. Generated from its catalogue by `aboveboard catalog generate --typescript`;
 * change the catalogue instead.
 */

import type { About, Vocabulary } from 'aboveboard';

/** Which commands are used, and how do they end? */
export interface CommandFinished {
  /** The command. */
  command?: 'build' | 'check' | 'run' | 'other';
  /** The features that were on. */
  features?: readonly ('cache' | 'watch' | 'other')[];
  /** Whether it succeeded. */
  ok?: boolean;
  /** How long it took, in ms. */
  duration?: number;
  /** A well-known plugin. */
  plugin?: '@acme/docs' | 'eslint' | 'prettier' | 'other';
}

/** Which errors stop a build? */
export interface BuildFailed {
  /** The error code. */
  error?: 'E0001' | 'E0002' | 'other';
  /** How many files were built, in files. */
  files?: number;
}

/** What Acme CLI may say, by the name of the event. */
export interface AcmeEvents {
  command_finished: CommandFinished;
  build_failed: BuildFailed;
}

/** What Acme CLI may say: enough to record, check and send it. */
export const acme: Vocabulary<AcmeEvents> = {
  tool: 'acme',
  endpoint: 'https://telemetry.acme.example',
  hash: 'b3a6f162',
  mode: 'on',
  identity: 'month',
  sensitivity: 'interaction',
  origin: {
    version: { version: true },
    os: { choice: ['linux', 'macos', 'windows'] },
    stage: { choice: ['development', 'production'], refuse: { production: 'production_refused' } },
    machine: { id: true },
  },
  events: {
    command_finished: {
      command: { choice: ['build', 'check', 'run'] },
      features: { choices: ['cache', 'watch'] },
      ok: { flag: true, wire: 'result.ok' },
      duration: { unit: 'ms', log: 0.05, min: 1, max: 3600000 },
      plugin: { name: ['@acme/docs', 'eslint', 'prettier'] },
      directory: { drop: true, wire: 'result.directory' },
    },
    build_failed: { error: { code: ['E0001', 'E0002'] }, files: { unit: 'files', edges: [0, 1, 10, 100] } },
  },
  expires: { build_failed: '2028-11-01' },
  refused: { log: 'logs_refused' },
};

/** What people are told about it. Only what talks to people needs this. */
export const acmeAbout: About = {
  title: 'Acme CLI',
  controller: 'Acme Ltd, 1 Example Street, Exampletown',
  contact: 'privacy@acme.example',
  retentionDays: 400,
  links: [['source', 'https://acme.example/source'], ['docs', 'https://acme.example/telemetry']],
  origin: {
    version: 'the version of acme',
    os: 'the operating system',
    stage: 'where the app runs',
    machine: 'tells machines apart for a month',
  },
  events: {
    command_finished: {
      question: 'Which commands are used, and how do they end?',
      owner: 'the command line team',
      review: 'https://acme.example/reviews/1',
      since: '2026-11-01',
      sensitivity: 'interaction',
      fields: {
        command: 'the command',
        features: 'the features that were on',
        ok: 'whether it succeeded',
        duration: 'how long it took',
        plugin: 'a well-known plugin',
      },
    },
    build_failed: {
      question: 'Which errors stop a build?',
      owner: 'the build team',
      review: 'https://acme.example/reviews/2',
      since: '2026-11-01',
      sensitivity: 'technical',
      fields: { error: 'the error code', files: 'how many files were built' },
    },
  },
};
