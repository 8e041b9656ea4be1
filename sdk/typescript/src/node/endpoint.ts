/** Where batches go. Only says where: a tool that sends nothing in this run loads nothing that could. */

/** Where batches go: the base URL of a collector, or a file to which each batch is appended as a line. */
export type Endpoint = { readonly url: string; readonly proxy?: string | undefined } | { readonly file: string };

/** Reads `https://…`, `http://…` or `file:///…`, and finds the proxy that leads there. */
export function endpointOf(text: string, variables: Variables): Endpoint | undefined {
  const trimmed = text.trim().replace(/\/+$/, '');
  if (trimmed.startsWith('file:///')) return { file: trimmed.slice('file://'.length) };
  if (!/^https?:\/\/[!-~]+$/.test(trimmed) || /[@?#]/.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  return { url: trimmed, proxy: proxyTo(new URL(trimmed), variables) };
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL, by the variables that curl and the Rust client know. Only `http://` proxies are spoken to. */
function proxyTo({ protocol, hostname }: URL, variables: Variables): string | undefined {
  const value = (name: string) => variables[name.toLowerCase()] || variables[name];
  const proxy = value(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? value('ALL_PROXY');
  const without = (value('NO_PROXY') ?? '').split(',').map((name) => name.trim().replace(/^\./, ''));
  if (!proxy || without.some((name) => name === '*' || name === hostname || (name && hostname.endsWith(`.${name}`)))) {
    return undefined;
  }
  const url = proxy.includes('://') ? proxy : `http://${proxy}`;
  return url.startsWith('http://') && URL.canParse(url) ? url : undefined;
}

/** How texts name it. */
export function nameOf(endpoint: Endpoint): string {
  return 'url' in endpoint ? endpoint.url : endpoint.file;
}
