/** The command, loaded when somebody runs it: a run that only records does without its texts and its sockets. */

import type { Streams } from './command.js';
import type { Tool } from './install.js';

/** Runs `words`, those after `telemetry`; answers the exit code: 0 done, 1 not done, 2 not understood. */
export async function runCommand(tool: Tool, words: readonly string[], streams?: Streams): Promise<number> {
  const { runCommand } = await import('./command.js');
  return runCommand(tool, words, streams);
}
