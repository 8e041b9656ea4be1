/**
 * What the app's framework lets through to the browser. Bundlers put values in where these words are spelt out, and what
 * one of them knows another throws at: in a page of Vite there is no `process`.
 */

export const environment = () => ({
  // Vite, Astro, Nuxt.
  ...found(() => (import.meta as { env?: object }).env),
  // Next.js.
  ...found(() => ({
    NEXT_PUBLIC_DO_NOT_TRACK: process.env.NEXT_PUBLIC_DO_NOT_TRACK,
    NEXT_PUBLIC_ACME_UI_TELEMETRY: process.env.NEXT_PUBLIC_ACME_UI_TELEMETRY,
    NEXT_PUBLIC_ACME_UI_TELEMETRY_DISABLED: process.env.NEXT_PUBLIC_ACME_UI_TELEMETRY_DISABLED,
  })),
});

function found(read: () => object | undefined): object {
  try {
    return read() ?? {};
  } catch {
    return {};
  }
}
