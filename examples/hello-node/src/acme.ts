/**
 * What `acme` may say about its use. Generated from its catalogue by `aboveboard catalog generate --typescript`;
 * change the catalogue instead.
 */

import type { About, Version, Vocabulary } from 'aboveboard';
import { type ErrorCode, errorCodes } from './errors.gen.js';

/** Which commands are used, how long do they take, and how do they end? */
export interface CommandFinished {
  /** The command. */
  command?: 'build' | 'check' | 'clean' | 'deploy' | 'dev' | 'init' | 'serve' | 'other';
  /** How it ended. */
  outcome?: 'cancelled' | 'failed' | 'ok' | 'other';
  /** How long it took, in ms. */
  duration?: number;
  /** How many pages the site has, in pages. */
  pages?: number;
  /** Which flags were given, never their values. */
  flags?: readonly ('draft' | 'minify' | 'offline' | 'open' | 'port' | 'quiet' | 'verbose' | 'watch' | 'other')[];
  /** Whether the cache was used. */
  cached?: boolean;
}

/** Which plugins would a change of the plugin interface break, and in which versions? */
export interface PluginLoaded {
  /** A public plugin; the name of any other becomes `other`. */
  plugin?:
    | '@acme/docs' | '@acme/i18n' | '@acme/markdown' | '@acme/sass' | '@acme/tailwind' | 'acme-plugin-images'
    | 'acme-plugin-mdx' | 'acme-plugin-minify' | 'acme-plugin-rss' | 'acme-plugin-search' | 'acme-plugin-shiki'
    | 'acme-plugin-sitemap' | 'other';
  /** Its version. */
  plugin_version?: Version | undefined;
}

/** Which plugins are used together, and is building only what changed worth keeping? */
export interface SiteBuilt {
  /** Which public plugins took part. */
  plugins?: readonly (
    | '@acme/docs' | '@acme/i18n' | '@acme/markdown' | '@acme/sass' | '@acme/tailwind' | 'acme-plugin-images'
    | 'acme-plugin-mdx' | 'acme-plugin-rss' | 'acme-plugin-search' | 'acme-plugin-sitemap' | 'other'
  )[];
  /** Whether only what changed was built. */
  incremental?: boolean;
}

/** Which errors do people meet most? */
export interface ErrorShown {
  /** The code of the error, without its text. */
  code?: ErrorCode;
  /** The command that met it. */
  command?: 'build' | 'check' | 'clean' | 'deploy' | 'dev' | 'init' | 'serve' | 'other';
}

/** Do people get past an error, or meet it again? */
export interface ErrorFollowed {
  /** The code of the error that was shown before. */
  code?: ErrorCode;
  /** What the next run within ten minutes met, or that there was none. */
  next?: 'again' | 'gave_up' | 'other_error' | 'success' | 'other';
}

/** Which error texts help? */
export interface FeedbackGiven {
  /** The code of the error. */
  code?: ErrorCode;
  /** Whether the text helped. */
  helpful?: boolean;
  /** Why it did not. */
  reason?: 'fix_did_not_work' | 'message_unclear' | 'not_my_code' | 'wrong_cause' | 'other';
  /** Where the question was asked. */
  surface?: 'docs' | 'overlay' | 'terminal' | 'other';
}

/** What Acme CLI may say, by the name of the event. */
export interface AcmeEvents {
  command_finished: CommandFinished;
  plugin_loaded: PluginLoaded;
  site_built: SiteBuilt;
  error_shown: ErrorShown;
  error_followed: ErrorFollowed;
  feedback_given: FeedbackGiven;
}

/** What Acme CLI may say: enough to record, check and send it. */
export const acme: Vocabulary<AcmeEvents, ErrorCode> = {
  tool: 'acme',
  endpoint: 'https://telemetry.acme.example',
  hash: 'cacc653b',
  mode: 'on',
  identity: 'none',
  sensitivity: 'feedback',
  origin: {
    version: { version: true },
    os: { choice: ['freebsd', 'linux', 'macos', 'windows'] },
    arch: { choice: ['aarch64', 'x86_64'] },
    runtime: { version: true },
    ci: { flag: true },
    ci_vendor: {
      choice: [
        'azure_pipelines', 'bitbucket', 'buildkite', 'circleci', 'github_actions', 'gitlab', 'jenkins', 'teamcity',
      ],
    },
    agent: { choice: ['claude', 'codex', 'copilot', 'cursor', 'gemini', 'opencode'] },
    container: { flag: true },
  },
  events: {
    command_finished: {
      command: { choice: ['build', 'check', 'clean', 'deploy', 'dev', 'init', 'serve'] },
      outcome: { choice: ['cancelled', 'failed', 'ok'] },
      duration: { unit: 'ms', log: 0.05, min: 1, max: 3600000 },
      pages: { unit: 'pages', edges: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000] },
      flags: { choices: ['draft', 'minify', 'offline', 'open', 'port', 'quiet', 'verbose', 'watch'] },
      cached: { flag: true },
    },
    plugin_loaded: {
      plugin: {
        name: [
          '@acme/docs', '@acme/i18n', '@acme/markdown', '@acme/sass', '@acme/tailwind', 'acme-plugin-images',
          'acme-plugin-mdx', 'acme-plugin-minify', 'acme-plugin-rss', 'acme-plugin-search', 'acme-plugin-shiki',
          'acme-plugin-sitemap',
        ],
      },
      plugin_version: { version: true },
    },
    site_built: {
      plugins: {
        choices: [
          '@acme/docs', '@acme/i18n', '@acme/markdown', '@acme/sass', '@acme/tailwind', 'acme-plugin-images',
          'acme-plugin-mdx', 'acme-plugin-rss', 'acme-plugin-search', 'acme-plugin-sitemap',
        ],
      },
      incremental: { flag: true },
    },
    error_shown: {
      code: { code: errorCodes, strict: true },
      command: { choice: ['build', 'check', 'clean', 'deploy', 'dev', 'init', 'serve'] },
    },
    error_followed: {
      code: { code: errorCodes, strict: true },
      next: { choice: ['again', 'gave_up', 'other_error', 'success'] },
    },
    feedback_given: {
      code: { code: errorCodes, strict: true },
      helpful: { flag: true },
      reason: { choice: ['fix_did_not_work', 'message_unclear', 'not_my_code', 'wrong_cause'] },
      surface: { choice: ['docs', 'overlay', 'terminal'] },
    },
  },
  errors: {
    codes: errorCodes,
    shown: 'error_shown',
    followed: 'error_followed',
    vote: 'feedback_given',
    docs: 'https://acme.example/errors/',
  },
};

/** What people are told about it. Only what talks to people needs this. */
export const acmeAbout: About = {
  title: 'Acme CLI',
  controller: 'Acme Ltd, 1 Example Street, Exampletown',
  contact: 'privacy@acme.example',
  retentionDays: 400,
  links: [['docs', 'https://acme.example/telemetry'], ['source', 'https://acme.example/source']],
  origin: {
    version: 'the version of acme',
    os: 'the operating system',
    arch: 'the processor architecture',
    runtime: 'the version of Node.js, where acme came as an npm package',
    ci: 'whether it ran in continuous integration',
    ci_vendor: 'the continuous integration service',
    agent: 'the coding agent that ran it',
    container: 'whether it ran in a container',
  },
  events: {
    command_finished: {
      question: 'Which commands are used, how long do they take, and how do they end?',
      owner: 'the command line team',
      review: 'https://acme.example/reviews/1',
      since: '2026-03-02',
      sensitivity: 'interaction',
      fields: {
        command: 'the command',
        outcome: 'how it ended',
        duration: 'how long it took',
        pages: 'how many pages the site has',
        flags: 'which flags were given, never their values',
        cached: 'whether the cache was used',
      },
    },
    plugin_loaded: {
      question: 'Which plugins would a change of the plugin interface break, and in which versions?',
      owner: 'the plugin team',
      review: 'https://acme.example/reviews/2',
      since: '2026-03-02',
      sensitivity: 'technical',
      fields: { plugin: 'a public plugin; the name of any other becomes `other`', plugin_version: 'its version' },
    },
    site_built: {
      question: 'Which plugins are used together, and is building only what changed worth keeping?',
      owner: 'the plugin team',
      review: 'https://acme.example/reviews/5',
      since: '2026-09-14',
      sensitivity: 'technical',
      fields: { plugins: 'which public plugins took part', incremental: 'whether only what changed was built' },
    },
    error_shown: {
      question: 'Which errors do people meet most?',
      owner: 'the command line team',
      review: 'https://acme.example/reviews/3',
      since: '2026-03-02',
      sensitivity: 'technical',
      fields: { code: 'the code of the error, without its text', command: 'the command that met it' },
    },
    error_followed: {
      question: 'Do people get past an error, or meet it again?',
      owner: 'the command line team',
      review: 'https://acme.example/reviews/6',
      since: '2026-11-22',
      sensitivity: 'technical',
      fields: {
        code: 'the code of the error that was shown before',
        next: 'what the next run within ten minutes met, or that there was none',
      },
    },
    feedback_given: {
      question: 'Which error texts help?',
      owner: 'the command line team',
      review: 'https://acme.example/reviews/4',
      since: '2026-03-02',
      sensitivity: 'feedback',
      fields: {
        code: 'the code of the error',
        helpful: 'whether the text helped',
        reason: 'why it did not',
        surface: 'where the question was asked',
      },
    },
  },
};
