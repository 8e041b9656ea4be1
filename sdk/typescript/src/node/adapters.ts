/**
 * `mytool telemetry` and `mytool explain` as commands of commander and of citty. Neither is imported: the one is handed in, and the other
 * takes plain objects.
 */

import type { Tool } from './install.js';
import { explain, runCommand } from './late.js';

/** What a command does with the words behind its name. */
type Runs = (tool: Tool, words: readonly string[]) => Promise<number>;

const TELEMETRY = { name: 'telemetry', description: 'What this tool tells its makers, and how to change it' };
const EXPLAIN = { name: 'explain', description: 'What an error code means, and what to do about it' };

/** What is used of commander's `Command`. */
interface CommanderCommand {
  description(text: string): unknown;
  argument(name: string): unknown;
  allowUnknownOption(): unknown;
  helpOption(isOn: boolean): unknown;
  action(run: (words: string[]) => Promise<void>): unknown;
}

/** `program.addCommand(commanderCommand(Command, tool))`. */
export function commanderCommand<C extends CommanderCommand>(Command: new (name: string) => C, tool: Tool): C {
  return commander(Command, tool, TELEMETRY, runCommand);
}

/** `program.addCommand(commanderExplain(Command, tool))`. */
export function commanderExplain<C extends CommanderCommand>(Command: new (name: string) => C, tool: Tool): C {
  return commander(Command, tool, EXPLAIN, explain);
}

/** `defineCommand({ subCommands: { telemetry: cittyCommand(tool) } })`. */
export function cittyCommand(tool: Tool) {
  return citty(tool, TELEMETRY, runCommand);
}

/** `defineCommand({ subCommands: { explain: cittyExplain(tool) } })`. */
export function cittyExplain(tool: Tool) {
  return citty(tool, EXPLAIN, explain);
}

function commander<C extends CommanderCommand>(
  Command: new (name: string) => C,
  tool: Tool,
  { name, description }: typeof EXPLAIN,
  runs: Runs,
): C {
  const command = new Command(name);
  command.description(description);
  command.argument('[words...]');
  command.allowUnknownOption();
  command.helpOption(false);
  command.action((words) => end(tool, words, runs));
  return command;
}

function citty(tool: Tool, meta: typeof EXPLAIN, runs: Runs) {
  return { meta, run: ({ rawArgs }: { rawArgs: string[] }) => end(tool, rawArgs, runs) };
}

async function end(tool: Tool, words: readonly string[], runs: Runs): Promise<void> {
  process.exitCode = await runs(tool, words);
}
