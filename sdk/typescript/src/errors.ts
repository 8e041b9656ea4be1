/**
 * Errors with codes, anywhere: nothing of Node, nothing of a browser. A code is the name of a page, `errors/CODE.md`. It
 * travels with an error where logs do not show it, and is the only part of an error that telemetry may say.
 */

/** The page of a code, as `aboveboard-errors` writes it into `errors.gen.ts`. */
export interface ErrorPage {
  readonly title: string;
  /** The version of the tool that has it first. */
  readonly since: string;
  /** The version of the tool that does not raise it any more. */
  readonly removed?: string;
  /** What became of it since. */
  readonly note?: string;
  readonly severity: 'error' | 'warning';
  readonly seeAlso?: readonly string[];
  /** The headings and their Markdown, in order: what happened, why, the fix, an example, what else to try. */
  readonly sections: readonly (readonly [heading: string, text: string])[];
}

/** An error that has a code. */
export interface CodedError<Code extends string = string> extends Error {
  readonly errorCode: Code;
}

/** What an error looks like as plain data. No stack: it names files. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly errorCode?: string;
  readonly cause?: PlainError;
}

/** The names that a template has in braces. `{{` and `}}` are braces. */
export type NamesIn<Template extends string> = string extends Template
  ? string
  : Template extends `${string}{${infer Name}}${infer Rest}`
    ? Exclude<Name, `{${string}`> | NamesIn<Rest>
    : never;

/** Makes an error from the values of its template. */
export type Raise<Code extends string, Template extends string> = [NamesIn<Template>] extends [never]
  ? (values?: Record<never, never>, options?: { cause?: unknown }) => CodedError<Code>
  : (values: Record<NamesIn<Template>, string | number>, options?: { cause?: unknown }) => CodedError<Code>;

const SHAPE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** How many errors may be wrapped in one another, for somebody's chain of causes may be a ring. */
const WRAPPED_MAX = 16;

/**
 * The errors that a tool raises, by their codes. `aboveboard errors check` reads the templates from the source, so each
 * is one entry `CODE: 'template'`. A code without a page does not type-check, and makes an error without a code.
 *
 * ```ts
 * export const acmeErrors = defineErrors(errorCodes, {
 *   ACME_CONFIG_MISSING: 'no acme.toml was found in {folder}',
 * });
 * throw acmeErrors.ACME_CONFIG_MISSING({ folder });
 * ```
 */
export function defineErrors<Code extends string, const Templates extends { readonly [It in Code]?: string }>(
  codes: readonly Code[],
  templates: Templates & { readonly [It in keyof Templates]: It extends Code ? string : never },
): { readonly [It in keyof Templates & Code]: Raise<It, Templates[It] & string> } {
  const raise = (code: string, template: string) => {
    const made = (values: object | undefined, options: { cause?: unknown }) => {
      const error = new Error(filled(template, values ?? {}), options);
      // The stack begins where it was raised; some engines would write the code into it.
      Error.captureStackTrace?.(error, made);
      return codes.includes(code as Code) ? withCode(error, code) : error;
    };
    return made;
  };
  const entries = Object.entries<string>(templates).map(([code, template]) => [code, raise(code, template)]);
  return Object.fromEntries(entries);
}

/** Gives an error of any class a code. It can be given anew where an error is wrapped. */
export function withCode<It extends object, Code extends string>(error: It, code: Code): It & { errorCode: Code } {
  const property = { value: code, enumerable: false, configurable: true, writable: true };
  return Object.defineProperty(error, 'errorCode', property) as It & { errorCode: Code };
}

/**
 * The code of an error: its own, the one at the end of its `digest`, or that of its nearest cause. With a list, a code
 * that is not on it is none.
 */
export function codeOf(error: unknown): string | undefined;
export function codeOf<Code extends string>(error: unknown, codes: readonly Code[]): Code | undefined;
export function codeOf(error: unknown, codes?: readonly string[]): string | undefined {
  let it = error;
  for (let depth = 0; depth < WRAPPED_MAX && typeof it === 'object' && it !== null; depth++) {
    const { errorCode, digest, cause } = it as { errorCode?: unknown; digest?: unknown; cause?: unknown };
    const code = [errorCode, typeof digest === 'string' ? fromDigest(digest).code : undefined].find(isCode);
    if (code !== undefined) return codes?.includes(code) === false ? undefined : code;
    it = cause;
  }
  return undefined;
}

/** The digest of an error with its code at the end, for frameworks that let nothing else through to the browser. */
export function toDigest(digest: string, error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? digest : `${digest}@${code}`;
}

/** What {@link toDigest} put together. */
export function fromDigest(text: string): { digest: string; code?: string } {
  const at = text.lastIndexOf('@');
  const code = text.slice(at + 1);
  return at >= 0 && isCode(code) ? { digest: text.slice(0, at), code } : { digest: text };
}

/** An error as plain data, for JSON, `postMessage` and `structuredClone`, which lose a code otherwise. */
export function serialise(error: unknown, depth = WRAPPED_MAX): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const own = isCode((error as Partial<CodedError>).errorCode) ? (error as CodedError).errorCode : undefined;
  // Whatever hid the code, a cause that is left behind or a digest, does not come along.
  const errorCode = own ?? codeOf(error);
  const cause = error.cause instanceof Error && depth > 1 ? serialise(error.cause, depth - 1) : undefined;
  return { name: error.name, message: error.message, ...(errorCode && { errorCode }), ...(cause && { cause }) };
}

/** The error that {@link serialise} made plain. */
export function revive(plain: PlainError): Error {
  const error = new Error(plain.message, plain.cause && { cause: revive(plain.cause) });
  const property = { value: plain.name, enumerable: false, configurable: true, writable: true };
  if (plain.name !== error.name) Object.defineProperty(error, 'name', property);
  return isCode(plain.errorCode) ? withCode(error, plain.errorCode) : error;
}

/** The last line that a person sees of an error: what happened, and where there is more about it. */
export function lastLine(error: unknown, tool: string): string {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const code = codeOf(error);
  return code === undefined ? `error: ${message}` : `error[${code}]: ${message}    more: ${tool} explain ${code}`;
}

function isCode(code: unknown): code is string {
  return typeof code === 'string' && SHAPE.test(code);
}

function filled(template: string, values: object): string {
  const texts = values as Readonly<Record<string, unknown>>;
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, name: string | undefined) => {
    if (name === undefined) return whole[0] as string;
    return Object.hasOwn(texts, name) ? String(texts[name]) : whole;
  });
}
