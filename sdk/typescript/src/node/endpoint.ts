/** Where batches go. Only says where: a tool that sends nothing in this run loads nothing that could. */

/** Where batches go: the base URL of a collector, or a file to which each batch is appended as a line. */
export type Endpoint = { readonly url: string } | { readonly file: string };

/** Reads `https://…`, `http://…` or `file:///…`. */
export function endpointOf(text: string): Endpoint | undefined {
  const trimmed = text.trim().replace(/\/+$/, '');
  if (trimmed.startsWith('file:///')) return { file: trimmed.slice('file://'.length) };
  return /^https?:\/\/[!-~]+$/.test(trimmed) && !/[@?#]/.test(trimmed) ? { url: trimmed } : undefined;
}

/** How texts name it. */
export function nameOf(endpoint: Endpoint): string {
  return 'url' in endpoint ? endpoint.url : endpoint.file;
}
