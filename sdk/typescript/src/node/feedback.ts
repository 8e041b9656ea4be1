/**
 * Votes from the overlay of a development server, answered over HTTP: what may be said, and whether, is asked without a
 * trace; a vote is a POST from the server's own pages. Next.js's old GET is understood where somebody asks for it.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { dayOfSeconds } from '../day.js';
import { entryOf, membersOf } from '../vocabulary.js';
import { rememberAsked, wasAsked } from './asked.js';
import { fieldOf } from './followed.js';
import { Install } from './install.js';
import type { Feedback } from './late.js';
import { VOTE_BYTES_MAX } from './limits.js';
import { clock, random, surroundings } from './surroundings.js';
import { keep, reasonsOf, recordOf, refusalOf } from './votes.js';

/** A status, and a body where there is one. */
type Answer = readonly [status: number, body?: object];

/** Answers a request to one of the two paths. */
export async function answer(feedback: Feedback, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const isNext = url.pathname.endsWith('/__nextjs_error_feedback');
  const desk = new Desk(feedback, new Install(feedback.tool, feedback.around ?? surroundings()));
  const [status, body] = isNext ? desk.next(request, url) : await desk.own(request, url);
  response.statusCode = status;
  response.setHeader('cache-control', 'no-store');
  if (status === 405) response.setHeader('allow', 'GET, POST');
  if (body) response.setHeader('content-type', 'application/json');
  response.end(body && JSON.stringify(body));
}

/** Where votes are handed in. */
class Desk {
  constructor(
    readonly feedback: Feedback,
    readonly install: Install,
  ) {}

  /** `/__aboveboard/feedback`. */
  async own(request: IncomingMessage, url: URL): Promise<Answer> {
    if (request.method === 'GET') return this.#state(url.searchParams.get('code') ?? '');
    if (request.method !== 'POST') return refuse(405, 'votes are a POST, and their state is a GET');
    if (!isOwnOrigin(request)) return refuse(403, 'a vote comes from a page of this server, and says so in `Origin`');
    const text = await bodyOf(request);
    if (text === undefined) return refuse(413, `a vote has at most ${VOTE_BYTES_MAX} bytes`);
    const vote = voteIn(text);
    if (!vote) return refuse(400, 'send {"code":"…","helpful":true}, and a `reason` if there is one');
    const isReason = vote.reason === undefined || reasonsOf(this.install.tool.vocabulary).includes(vote.reason);
    if (!isReason) return refuse(422, `a reason is one of ${reasonsOf(this.install.tool.vocabulary).join(', ')}`);
    return this.#take(vote) ?? [202, {}];
  }

  /** `/__nextjs_error_feedback?errorCode=…&wasHelpful=…`: what changes something by a GET, as Next.js had it. */
  next(request: IncomingMessage, { searchParams }: URL): Answer {
    const { origin, 'sec-fetch-site': site = 'same-origin' } = request.headers;
    const isForeign = (origin !== undefined && !isOwnOrigin(request)) || !['same-origin', 'none'].includes(`${site}`);
    if (isForeign) return refuse(403, 'a vote comes from a page of this server');
    const [code, helpful] = [searchParams.get('errorCode'), searchParams.get('wasHelpful')];
    if (!code || !helpful) return [400];
    return this.#take({ code, helpful: helpful === 'true' }) ?? [204];
  }

  /** What would be said, and whether it may be. Nothing changes by asking. */
  #state(code: string): Answer {
    if (!this.#isDeclared(code)) return undeclared();
    const reason = this.#refusal();
    const { install } = this;
    const spool = install.spool();
    const vote = { code, helpful: true, surface: 'overlay' } as const;
    const sends = recordOf(install, vote, dayOfSeconds(clock()));
    const voted = spool !== undefined && wasAsked(spool, code, clock());
    return [200, { enabled: reason === undefined, reason: reason ?? null, sends, voted }];
  }

  /** Records a vote, or answers why not. */
  #take(vote: { code: string; helpful: boolean; reason?: string | undefined }): Answer | undefined {
    const { install } = this;
    if (!this.#isDeclared(vote.code)) return undeclared();
    const reason = this.#refusal();
    const spool = install.spool();
    if (reason !== undefined || !spool) return refuse(403, reason ?? 'there is nowhere to keep it');
    const now = clock();
    if (wasAsked(spool, vote.code, now)) return refuse(409, 'there was a vote on this code in this month');
    // A vote counts where the error was shown, and that may still be in memory.
    this.feedback.telemetry.flush();
    keep(install, { ...vote, surface: 'overlay' }, now, random());
    rememberAsked(spool, vote.code, now);
    return undefined;
  }

  /** Why no vote is taken; nothing where it is welcome. */
  #refusal(): string | undefined {
    const reason = refusalOf(this.install);
    if (reason !== undefined || this.feedback.telemetry.isRecording) return reason;
    return `it was off when ${this.install.name} started; it counts from the next start on`;
  }

  /** Whether a vote may be about this code. */
  #isDeclared(code: string): boolean {
    const { vocabulary } = this.install.tool;
    const fields = entryOf(vocabulary.events, vocabulary.errors?.vote ?? '') ?? {};
    const kind = entryOf(fields, fieldOf(fields, 'code') ?? '');
    return kind !== undefined && membersOf(kind)?.includes(code) === true;
  }
}

function undeclared(): Answer {
  return refuse(422, 'that is not a declared error code: a code is the name of a page in errors/');
}

function refuse(status: number, reason: string): Answer {
  return [status, { reason }];
}

/** Whether a request comes from a page of this server. Browsers say so, and no page can say otherwise. */
function isOwnOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** A body of a few bytes; nothing where it has more. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= VOTE_BYTES_MAX) parts.push(part);
  }
  return length > VOTE_BYTES_MAX ? undefined : String(Buffer.concat(parts));
}

/** A vote as a page sends it; nothing where it is none. */
function voteIn(text: string): { code: string; helpful: boolean; reason?: string | undefined } | undefined {
  try {
    const { code, helpful, reason } = JSON.parse(text) as Record<string, unknown>;
    const isReason = reason === undefined || reason === null || typeof reason === 'string';
    if (typeof code !== 'string' || typeof helpful !== 'boolean' || !isReason) return undefined;
    return { code, helpful, reason: reason ?? undefined };
  } catch {
    return undefined;
  }
}
