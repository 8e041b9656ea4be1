#!/usr/bin/env node
// `aboveboard-errors [FOLDER] [OUT]`: the pages of a tool's error codes as TypeScript, or, where OUT ends in `.js`, as
// JavaScript with its types beside it, which every bundler finds. Reads `errors/*.md`, writes `errors.gen.ts`, which is
// not committed, so that two branches that each add a code do not meet in it. The same pages give the same bytes. It
// reads what it needs; `aboveboard errors check` says what a page must have.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const SECTIONS = ['What happened', 'Why', 'Fix it', 'Example', 'Still stuck'];
const HEAD = '/** The error codes of this tool. Made from their pages by `aboveboard-errors`: change those, and do not commit this. */\n';
const [folder = 'errors', out = 'src/errors.gen.ts', ...rest] = process.argv.slice(2);

if (folder.startsWith('-') || rest.length > 0) {
  fail(['usage: aboveboard-errors [FOLDER] [OUT.ts|OUT.js]      (errors and src/errors.gen.ts where they are not given)']);
} else {
  const { pages, problems } = readAll();
  if (problems.length > 0) fail(problems);
  else for (const [path, text] of filesOf(pages)) write(path, text);
}

function fail(problems) {
  process.stderr.write(problems.map((problem) => `error: ${problem}\n`).join(''));
  process.exitCode = 1;
}

/** Writes only what is new, so that nobody who watches the file starts over. */
function write(path, text) {
  let old;
  try {
    old = readFileSync(path, 'utf8');
  } catch {
    old = undefined;
  }
  if (text === old) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Every page of the folder, sorted by its code, and everything that is wrong with them. */
function readAll() {
  let names;
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  } catch {
    return { pages: [], problems: [`\`${folder}\` is no folder that can be read: name that of the pages`] };
  }
  const read = names.sort().map((name) => readPage(name.slice(0, -'.md'.length), join(folder, name)));
  const none = names.length === 0 ? [`\`${folder}\` has no page: write \`${join(folder, 'TOOL_WHAT_HAPPENED.md')}\``] : [];
  return { pages: read.map(({ page }) => page), problems: [...none, ...read.flatMap(({ problems }) => problems)] };
}

/** One page. Line ends of Windows are line ends. */
function readPage(code, path) {
  const problems = [];
  const wrong = (line, text) => problems.push(`${path}:${line}: ${text}`);
  const lines = readFileSync(path, 'utf8').replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!CODE.test(code)) wrong(1, 'the name of the file is the code: upper case words with `_` between them');
  const end = lines[0] === '+++' ? lines.indexOf('+++', 1) : -1;
  if (end < 0) wrong(1, 'a page begins with its facts between two lines `+++`');
  const facts = factsOf(lines.slice(1, Math.max(end, 1)), wrong);
  const sections = sectionsOf(lines.slice(end + 1), end + 2, wrong);
  return { page: { code, ...facts, sections }, problems };
}

/** What stands between the lines `+++`, up to the first revision. */
function factsOf(lines, wrong) {
  const first = lines.findIndex((line) => line.trim().startsWith('[['));
  const facts = {};
  lines.slice(0, first < 0 ? lines.length : first).forEach((line, index) => {
    const [, key, text] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined) facts[key] = valueOf(text, () => wrong(index + 2, `\`${key}\` is neither a text nor a list`));
    else if (!/^\s*(#.*)?$/.test(line)) wrong(index + 2, 'a fact is a line `key = "text"`');
  });
  const { title, since, removed, note, severity = 'error', see_also: seeAlso } = facts;
  if (!title) wrong(1, 'a page has a `title`');
  if (!since) wrong(1, 'a page says `since` which version there is its error');
  if (!['error', 'warning'].includes(severity)) wrong(1, '`severity` is "error" or "warning"');
  return { title, since, removed, note, severity, seeAlso };
}

/** A text or a list of texts, as TOML and JSON both spell them, with or without a comment behind it. */
function valueOf(text, wrong) {
  const [, spelt = text] = /^("(?:[^"\\]|\\.)*"|\[[^\]]*\])\s*(?:#.*)?$/.exec(text) ?? [];
  try {
    const value = JSON.parse(spelt.replace(/,\s*\]$/, ']'));
    if (typeof value === 'string' || Array.isArray(value)) return value;
  } catch {
    // It is said below.
  }
  return wrong();
}

/** The sections by their headings. A line in a fenced block is no heading. */
function sectionsOf(lines, from, wrong) {
  const sections = [];
  let fence = '';
  lines.forEach((line, index) => {
    const [, ticks = ''] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    if (ticks && (fence === '' || ticks.startsWith(fence))) fence = fence === '' ? ticks : '';
    const [, heading] = (fence === '' && /^## +(.*?)\s*$/.exec(line)) || [];
    if (heading !== undefined) sections.push([heading, []]);
    else if (sections.length > 0) sections.at(-1)[1].push(line);
    else if (line.trim() !== '') wrong(from + index, `the first section is \`## ${SECTIONS[0]}\``);
  });
  const read = sections.map(([heading, text]) => [heading, text.join('\n').trim()]);
  const found = read.map(([heading]) => heading).join(', ');
  if (found !== SECTIONS.join(', ')) wrong(from, `the sections are ${SECTIONS.join(', ')}, in this order`);
  for (const [heading] of read.filter(([, text]) => text === '')) wrong(from, `\`## ${heading}\` says nothing`);
  return read;
}

/** The files: one with values and types, or one of each. */
function filesOf(pages) {
  const types = typesOf(pages);
  const [list, texts] = [': readonly ErrorCode[]', ': Readonly<Record<ErrorCode, ErrorPage>>'];
  if (!out.endsWith('.js')) return [[out, HEAD + types + valuesOf(pages, list, texts)]];
  const declared = `\nexport declare const errorCodes${list};\n\nexport declare const errorPages${texts};\n`;
  return [[out, HEAD + valuesOf(pages, '', '')], [out.replace(/js$/, 'd.ts'), HEAD + types + declared]];
}

function typesOf(pages) {
  const union = pages.map(({ code }) => `\n  | '${code}'`).join('');
  return `\nimport type { ErrorPage } from 'aboveboard/errors';\n\nexport type ErrorCode =${union};\n`;
}

/** What pages say stands in a constant of its own, which bundlers leave out where nobody uses it. */
function valuesOf(pages, list, texts) {
  const codes = pages.map(({ code }) => `  '${code}',\n`).join('');
  const said = pages.map(({ code, ...page }) => `  ${code}: ${JSON.stringify(page)},\n`).join('');
  return `\nexport const errorCodes${list} = [\n${codes}];\n\nexport const errorPages${texts} = {\n${said}};\n`;
}
