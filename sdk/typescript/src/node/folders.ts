/** Where files are. Only says where; `disk.ts` reads and writes. */

import { dirname, isAbsolute, join } from 'node:path';
import type { Surroundings } from './surroundings.js';

/** The places of one tool. */
export interface Folders {
  /** What the user chose, `telemetry.toml`. */
  readonly choice: string;
  /** The folder of the queue and the ledger. */
  readonly state: string;
}

/** The places, or nothing when the user has no home. Relative paths in XDG variables are not followed. */
export function foldersOf(surroundings: Surroundings, tool: string): Folders | undefined {
  const [settings, state] = bases(surroundings);
  if (!settings || !state) return undefined;
  return { choice: join(settings, tool, 'telemetry.toml'), state: join(state, tool, 'telemetry') };
}

/** The folders for settings and for state. */
function bases(surroundings: Surroundings): readonly [string | undefined, string | undefined] {
  const absolute = (name: string) => {
    const path = surroundings.variables[name];
    // A path that is no Unicode was not read as it is, and would lead elsewhere.
    return path && isAbsolute(path) && !path.includes('\ufffd') ? path : undefined;
  };
  const home = absolute('HOME');
  const below = (folder: string) => home && join(home, folder);
  if (surroundings.platform === 'win32') return [absolute('APPDATA'), absolute('LOCALAPPDATA')];
  if (surroundings.platform === 'darwin')
    return [below('Library/Application Support'), below('Library/Application Support')];
  return [absolute('XDG_CONFIG_HOME') ?? below('.config'), absolute('XDG_STATE_HOME') ?? below('.local/state')];
}

/** The policy of the machine. */
export function machinePolicy(surroundings: Surroundings, tool: string): string {
  return join(surroundings.policies, tool, 'telemetry.toml');
}

/** The files in which a project may say less: in the working directory and above. */
export function projectFiles(surroundings: Surroundings, tool: string): string[] {
  const files: string[] = [];
  let folder = surroundings.folder;
  while (folder) {
    files.push(join(folder, `.${tool}-telemetry.toml`));
    folder = dirname(folder) === folder ? undefined : dirname(folder);
  }
  return files;
}
