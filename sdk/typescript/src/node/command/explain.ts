/** `explain`: the catalogue, embedded in the tool, for people. */

import type { Edges, Fields, Kind, Logarithm } from '../../vocabulary.js';
import { type Session, misunderstood } from '../command.js';
import type { Install, Tool } from '../install.js';

export function explain(session: Session, words: readonly string[]): number {
  const [name, second] = words;
  if (second !== undefined) return misunderstood(session, second);
  const text = name === undefined ? everything(session.install) : about(session.install.tool, name);
  if (!text) {
    session.complain(`\`${name}\` is neither an event nor a field; \`${session.install.command} explain\` lists all`);
    return 2;
  }
  session.write(text);
  return 0;
}

function everything({ name, tool }: Install): string {
  const { title = name, retentionDays, controller, contact, origin } = tool.about ?? {};
  const kept = tool.about ? ` Kept for ${retentionDays} days by ${controller} (${contact}).` : '';
  const events = Object.keys(tool.vocabulary.events).map((name) => `\n${event(tool, name)}`);
  const head = `${title} may say this about its use, and nothing else.${kept}\n`;
  return `${head}\nWith every batch\n${lines(tool.vocabulary.origin, origin)}${events.join('')}`;
}

/** What is said under a name: an event, or each field of that name. */
function about(tool: Tool, name: string): string {
  const { vocabulary, about } = tool;
  if (Object.hasOwn(vocabulary.events, name)) return event(tool, name);
  const origin = field('with every batch', vocabulary.origin, about?.origin ?? {}, name);
  const events = Object.entries(vocabulary.events);
  const texts = events.map(([event, fields]) => field(event, fields, about?.events[event]?.fields ?? {}, name));
  return origin + texts.join('');
}

function field(place: string, fields: Fields, abouts: Readonly<Record<string, string>>, name: string): string {
  const found = Object.entries(fields).filter(
    ([own, kind]) => (own === name || kind.wire === name) && !('drop' in kind),
  );
  return found.map(([own, kind]) => `${own} (${place})\n  ${abouts[own] ?? ''}\n  ${says(kind)}\n`).join('');
}

function event({ vocabulary, about }: Tool, name: string): string {
  const { question, owner, since, review, fields } = about?.events[name] ?? {};
  const expires = vocabulary.expires?.[name];
  const until = expires ? `, until ${expires}` : '';
  const head = question ? `  ${question}\n  Asked by ${owner}, since ${since}${until}, reviewed at ${review}\n` : '';
  return `${name}\n${head}${lines(vocabulary.events[name] ?? {}, fields)}`;
}

function lines(fields: Fields, abouts: Readonly<Record<string, string>> = {}): string {
  const spoken = Object.entries(fields).filter(([, kind]) => !('drop' in kind));
  return spoken.map(([name]) => `    ${name.padEnd(16)} ${abouts[name] ?? ''}\n`).join('');
}

/** What a field may say, in words. */
function says(kind: Kind): string {
  if ('choice' in kind) return `one of ${list(kind.choice)}; anything else is \`other\``;
  if ('choices' in kind) return `any of ${list(kind.choices)}; anything else is \`other\``;
  if ('name' in kind) return `a public name: ${list(kind.name)}; any other is \`other\``;
  if ('code' in kind)
    return `an error code: ${list(kind.code)}; ${kind.strict ? 'no other is taken' : 'any other is `other`'}`;
  if ('unit' in kind) return `${kind.unit}, ${rounded(kind)}`;
  if ('flag' in kind) return 'true or false';
  return 'version' in kind
    ? 'a version: numbers and a known channel word'
    : 'a random number, where the policy allows one';
}

function list(members: readonly string[]): string {
  const more = members.length > 20 ? ` and ${members.length - 20} more` : '';
  return members.slice(0, 20).join(', ') + more;
}

function rounded(kind: Edges | Logarithm): string {
  if ('edges' in kind) return `rounded down to one of ${kind.edges.join(', ')}`;
  return `rounded by up to ${kind.log * 100} %, between ${kind.min} and ${kind.max}`;
}
