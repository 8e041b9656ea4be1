// A tool with error codes on a machine of its own, for tests of what it says about them.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Install } from '../dist/esm/node/install.js';
import { batchesIn } from '../dist/esm/node/sealer.js';

export const codes = ['ACME_CONFIG_INVALID', 'ACME_CONFIG_MISSING', 'ACME_DISK_FULL'];
const code = { code: codes, strict: true };
const reasons = ['fix_did_not_work', 'message_unclear', 'not_my_code', 'wrong_cause'];

export const vocabulary = {
  tool: 'acme',
  endpoint: 'https://telemetry.acme.example',
  hash: '00000000',
  mode: 'on',
  identity: 'none',
  sensitivity: 'feedback',
  origin: { version: { version: true } },
  events: {
    command_finished: { outcome: { choice: ['failed', 'ok'] } },
    error_shown: { code, command: { choice: ['build'] } },
    error_followed: { code, next: { choice: ['again', 'gave_up', 'other_error', 'success'] } },
    feedback_given: { code, helpful: { flag: true }, reason: { choice: reasons }, surface: { choice: ['docs', 'overlay', 'terminal'] } },
  },
  errors: { codes, shown: 'error_shown', followed: 'error_followed', vote: 'feedback_given', docs: 'https://acme.example/errors/' },
};

const PAGE = {
  title: 'No acme.toml was found',
  since: '1.0.0',
  severity: 'error',
  seeAlso: ['ACME_CONFIG_INVALID'],
  sections: [
    ['What happened', 'Acme looked for `acme.toml` in this folder and in **every** folder above it, up to the root of the disk, and found none.'],
    ['Why', '- It was never written.\n- It is in another folder, and the command was run from a place that is not below it, so that it could\n  not be found.'],
    ['Fix it', 'Run `acme init`, or see [the manual](https://acme.example/manual).'],
    ['Example', '```console\n$ acme build\n\nerror[ACME_CONFIG_MISSING]: a line of output that is longer than seventy-two columns and stays one\n```'],
    ['Still stuck', 'Ask at https://acme.example/help.'],
  ],
};
export const pages = Object.fromEntries(codes.map((code) => [code, PAGE]));

export class Desk {
  home = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  variables = { ACME_TELEMETRY: 'on' };
  sits = true;
  isHomeless = false;

  constructor(test, words = vocabulary) {
    this.tool = { vocabulary: words, pages, version: '1.4.2' };
    // As shortly after it sent: no run starts a process.
    mkdirSync(this.path(''), { recursive: true });
    writeFileSync(this.path('next'), `next = "${Math.floor(Date.now() / 1000) + 86_400}"\n`);
    test.after(() => rmSync(this.home, { recursive: true, maxRetries: 10 }));
  }

  get around() {
    const { sits } = this;
    const terminal = { stdin: sits, stdout: false, stderr: sits };
    const variables = { ...this.variables, HOME: this.isHomeless ? undefined : this.home };
    const folders = { folder: join(this.home, 'project'), policies: join(this.home, 'etc') };
    return { variables, terminal, files: [], kernel: '', cgroup: '', platform: 'linux', ...folders };
  }

  get install() {
    return new Install(this.tool, this.around);
  }

  get spool() {
    return this.install.spool();
  }

  path(name) {
    return join(this.home, '.local/state/acme/telemetry', name);
  }

  /** The text of a file of the state folder. */
  text(name) {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : undefined;
  }

  /** The events that wait in a queue. */
  events(queue = 'queue') {
    return batchesIn(this.text(queue) ?? '').flatMap(({ events }) => events.map(({ event, fields }) => ({ event, ...fields })));
  }
}
