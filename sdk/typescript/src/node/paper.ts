/** Markdown for a terminal: paragraphs and lists in 72 columns, code as it stands, no links that cannot be followed. */

const WIDTH = 72;
const INDENT = '  ';

/** A text below a heading. */
export function paper(markdown: string): string {
  let text = '';
  let paragraph: string[] = [];
  let isFenced = false;
  const gap = () => {
    if (text !== '' && !text.endsWith('\n\n')) text += '\n';
  };
  const end = () => {
    if (paragraph.length > 0) text += `${filled(paragraph.join(' '))}\n`;
    paragraph = [];
  };
  for (const line of markdown.split('\n')) {
    const trimmed = line.trim();
    const isFence = trimmed.startsWith('```');
    if (isFence || isFenced || trimmed === '' || MARK.test(trimmed)) end();
    if (isFence) isFenced = !isFenced;
    if (isFence) gap();
    else if (isFenced) text += `${`${INDENT}${INDENT}${line}`.trimEnd()}\n`;
    else if (trimmed === '') gap();
    else paragraph.push(trimmed);
  }
  end();
  return `${text.trimEnd()}\n`;
}

/** Words in lines of 72 columns; `first` stands before the first line, `hanging` before the others. */
export function wrapped(first: string, hanging: string, text: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    if (!isEmpty && [...line].length + 1 + [...word].length > WIDTH) {
      lines.push(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

const MARK = /^([-*]|\d+\.) /;

/** A paragraph or an item of a list; what follows of an item stands below its first word. */
function filled(text: string): string {
  const [mark = ''] = MARK.exec(text) ?? [];
  return wrapped(INDENT + mark, INDENT + ' '.repeat(mark.length), plain(text.slice(mark.length)));
}

/** Words without the marks of Markdown; where a link leads is said. */
function plain(text: string): string {
  return text.replace(/\[([^[\]]*)\]\(([^)]*)\)/g, '$1 ($2)').replaceAll('**', '');
}
