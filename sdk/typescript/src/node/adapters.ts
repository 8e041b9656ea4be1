/**
 * `mytool telemetry` as a command of commander and of citty. Neither is imported: the one is handed in, and the other
 * takes plain objects.
 */

import type { Tool } from './install.js';
import { runCommand } from './late.js';

const ABOUT = 'What this tool tells its makers, and how to change it';

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
  const command = new Command('telemetry');
  command.description(ABOUT);
  command.argument('[words...]');
  command.allowUnknownOption();
  command.helpOption(false);
  command.action((words) => end(tool, words));
  return command;
}

/** `defineCommand({ subCommands: { telemetry: cittyCommand(tool) } })`. */
export function cittyCommand(tool: Tool) {
  const meta = { name: 'telemetry', description: ABOUT };
  return { meta, run: ({ rawArgs }: { rawArgs: string[] }) => end(tool, rawArgs) };
}

async function end(tool: Tool, words: readonly string[]): Promise<void> {
  process.exitCode = await runCommand(tool, words);
}
