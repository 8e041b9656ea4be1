'use client';

/**
 * For React components: `aboveboard/react`. Everything happens in effects, so that rendering on a server, and twice, says
 * nothing. Outside a provider the hooks are silent.
 */

import { type ReactNode, createContext, createElement, useContext, useEffect, useState } from 'react';
import { type Options, type Telemetry, open } from './browser.js';
import { entryOf } from './vocabulary.js';

/** What a provider is given: what `open` takes, of which only `telemetry` is looked at again. */
export interface TelemetryProviderProps<Events> extends Options<Events> {
  readonly children?: ReactNode;
}

/** What the hooks hold. */
interface Held {
  readonly options: Options<unknown>;
  readonly page: () => Telemetry<Record<string, object>>;
}

const HeldContext = createContext<Held | undefined>(undefined);

/** Opens telemetry for the components in it. A `telemetry` that becomes `false` ends it for the page. */
export function TelemetryProvider<Events>({ children, ...options }: TelemetryProviderProps<Events>): ReactNode {
  const { telemetry } = options;
  const isOff = telemetry === false || (typeof telemetry === 'object' && telemetry.disabled === true);
  const [held] = useState(() => hold(options));
  useEffect(() => {
    if (isOff) held.page().disable();
    return () => void held.page().flush();
  }, [held, isOff]);
  return createElement(HeldContext.Provider, { value: held }, children);
}

/** What records: never the same again after an error, never an error of yours. */
export function useTelemetry<Events>(): Pick<Telemetry<Events>, 'record' | 'recordOnce' | 'flush'> {
  const held = useContext(HeldContext);
  const [telemetry] = useState(() => ({
    record: (event: string, fields?: object) => held?.page().record(event, fields),
    recordOnce: (event: string, fields?: object) => held?.page().recordOnce(event, fields),
    flush: () => held?.page().flush() ?? Promise.resolve(),
  }));
  return telemetry as Pick<Telemetry<Events>, 'record' | 'recordOnce' | 'flush'>;
}

/** The components that an event declares. */
type ComponentOf<Events, Name> = Name extends keyof Events ? NonNullable<Events[Name][keyof Events[Name] & 'component']> : never;

/**
 * Says, once a day, that a component is used, and of its declared props which were given: as flags, never their values.
 * A flag `on_select` of the event is about the prop `onSelect`. With the type of the events, as in
 * `useRecordMounted<AcmeEvents>('Table', props)`, a component that is not declared does not type-check.
 */
export function useRecordMounted<Events = Record<string, { component?: string }>, Name extends string = 'component_mounted'>(
  component: ComponentOf<Events, Name>,
  props: object = {},
  event: Name = 'component_mounted' as Name,
): void {
  const held = useContext(HeldContext);
  useEffect(() => {
    const given = Object.entries(entryOf(held?.options.vocabulary.events, event) ?? {}).map(([name, kind]) => {
      const prop = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [name, 'flag' in kind ? entryOf(props as Record<string, unknown>, prop) !== undefined : undefined];
    });
    held?.page().recordOnce(event, { ...Object.fromEntries(given), component });
    // What was given when it was mounted counts; later renders say nothing.
  }, [held, component, event]);
}

/** Says, once a day, in which framework the page runs, with its version: today Next.js and its router. */
export function useRecordFramework(event = 'framework_found'): void {
  const held = useContext(HeldContext);
  useEffect(() => {
    const { next } = globalThis as { next?: { version?: string; appDir?: boolean } };
    if (!next?.version) return;
    const fields = { framework: 'nextjs', router: next.appDir ? 'app' : 'pages', framework_version: next.version };
    held?.page().recordOnce(event, fields);
  }, [held, event]);
}

/** Opens at the first use, which is never on a server: effects do not run there. */
function hold<Events>(options: Options<Events>): Held {
  let page: Telemetry<Record<string, object>> | undefined;
  return { options, page: () => (page ??= open(options as Options<Record<string, object>>)) };
}
