/** The commands, loaded when somebody runs one: a run that only records does without their texts and their sockets. */

import type { Streams } from './command.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tool } from './install.js';
import type { Surroundings } from './surroundings.js';
import type { Telemetry } from './telemetry.js';

/** What a development server needs to take votes. */
export interface Feedback {
  readonly tool: Tool;
  /** Telemetry of this run, for a vote counts where the error was shown. */
  readonly telemetry: Pick<Telemetry<never>, 'flush' | 'isRecording'>;
  /** Also understands the GET by which overlays of Next.js up to 16.3 vote. */
  readonly dialect?: 'nextjs' | undefined;
  /** Taken for what surrounds the process instead of looking around. For tests. */
  readonly around?: Surroundings | undefined;
}

/** What a site needs to take the choices of its consent banner. */
export interface Consent {
  /** Where the records go on to: `https://telemetry.acme.example/v1/consent?tool=acme`. */
  readonly collector?: string | undefined;
  /** The names of the cookies of each category, as the banner has them. */
  readonly deletes?: Readonly<Partial<Record<'marketing' | 'analytics' | 'functional', readonly string[]>>> | undefined;
}

/** Runs `words`, those after `telemetry`; answers the exit code: 0 done, 1 not done, 2 not understood. */
export async function runCommand(tool: Tool, words: readonly string[], streams?: Streams): Promise<number> {
  const { runCommand } = await import('./command.js');
  return runCommand(tool, words, streams);
}

/** `mytool explain`: runs `words`, those after it; answers the exit code: 0 shown, 2 no such code. */
export async function explain(tool: Tool, words: readonly string[], streams?: Streams): Promise<number> {
  const { explain } = await import('./explain.js');
  return explain(tool, words, streams);
}

/**
 * Takes votes from the overlay of a development server, under `/__aboveboard/feedback`. For connect, Vite and whoever
 * takes the same functions.
 *
 * ```ts
 * server.middlewares.use(feedbackHandler({ tool, telemetry }));
 * ```
 */
export function feedbackHandler(feedback: Feedback) {
  const paths = ['/__aboveboard/feedback', ...(feedback.dialect === 'nextjs' ? ['/__nextjs_error_feedback'] : [])];
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    const [path = ''] = request.url?.split('?') ?? [];
    if (!paths.some((own) => path.endsWith(own))) return next();
    import('./feedback.js').then(({ answer }) => answer(feedback, request, response)).catch(next);
  };
}

/**
 * Takes the choices of `<consent-banner>`, with and without script. For the path that is the banner's `action`.
 *
 * ```ts
 * app.use('/consent', consentHandler({ collector: 'https://telemetry.acme.example/v1/consent?tool=acme' }));
 * ```
 */
export function consentHandler(consent: Consent = {}) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    import('./choices.js').then(({ answer }) => answer(consent, request, response)).catch(next);
  };
}
