/** Markdown for a terminal: paragraphs and lists in 72 columns, code as it stands, no links that cannot be followed. */

const WIDTH = 72;
const INDENT = '  ';

/** A text below a heading. */
export function paper(markdown: string): string {
  const lines: string[] = [];
  let fence = '';
  let block: string[] = [];
  const end = () => {
    if (block.length > 0) lines.push(...filled(block.join(' ')));
    block = [];
  };
  for (const line of markdown.split('\n')) {
    const [, ticks = ''] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    if (ticks && (fence === '' || ticks.startsWith(fence))) {
      end();
      fence = fence === '' ? ticks : '';
    } else if (fence !== '') {
      lines.push(line === '' ? '' : `${INDENT}${INDENT}${line}`);
    } else {
      if (line.trim() === '' || /^\s*([-*+]|\d+[.)]) |^#/.test(line)) end();
      if (line.trim() === '') lines.push('');
      else block.push(line.trim());
    }
  }
  end();
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}

/** A paragraph or an item of a list in lines; what follows of an item stands below its first word. */
function filled(text: string): string[] {
  const [, mark = ''] = /^((?:[-*+]|\d+[.)]) )/.exec(text) ?? [];
  const hanging = INDENT + ' '.repeat(mark.length);
  const lines: string[] = [];
  let line = INDENT + mark.trimEnd();
  for (const word of plain(text.slice(mark.length)).split(/\s+/)) {
    const joined = line.trim() === '' ? line + word : `${line} ${word}`;
    if (joined.length > WIDTH && line.trim() !== mark.trim()) {
      lines.push(line);
      line = hanging + word;
    } else {
      line = joined;
    }
  }
  return [...lines, line];
}

/** Words without the marks of Markdown; where a link leads is said, and code keeps its marks. */
function plain(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  const words = (part: string) =>
    part
      .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, label: string, url: string) => (label === url ? url : `${label} (${url})`))
      .replace(/<(https?:[^>]*)>/g, '$1')
      .replace(/(\*\*|__)(.+?)\1/g, '$2')
      .replace(/^#+ +/, '');
  return parts.map((part) => (part.startsWith('`') ? part : words(part))).join('');
}
