/** The component library that adopts aboveboard: a provider, and a component that says that it is used. */

import type { Wish } from 'aboveboard/browser';
import { TelemetryProvider, useRecordMounted, useTelemetry } from 'aboveboard/react';
import { type ReactNode, Suspense, lazy, version as react } from 'react';
import { type AcmeUiEvents, acmeUi } from './acme-ui';
import { environment } from './environment';

// Loaded where somebody develops, and by nobody else.
const Overlay = process.env.NODE_ENV === 'production' ? () => null : lazy(() => import('./overlay'));

/** What an app wraps its components in. `telemetry={false}` says nothing at all. */
export function AcmeProvider({ telemetry, children }: { telemetry?: Wish; children: ReactNode }) {
  // In a build for production this is a constant, and everything below it is left out.
  if (process.env.NODE_ENV === 'production') return children;
  return (
    <TelemetryProvider
      vocabulary={acmeUi}
      version="2.1.0"
      development={() => import.meta.env.DEV}
      notice="https://acme.example/ui/telemetry"
      env={environment()}
      endpoint={import.meta.env.VITE_ACME_UI_TELEMETRY_ENDPOINT}
      origin={{ react }}
      telemetry={telemetry}
    >
      {children}
      <Suspense>
        <Overlay />
      </Suspense>
    </TelemetryProvider>
  );
}

/** What `Table` is given. */
export interface TableProps {
  readonly appearance?: object;
  readonly onSelect?: () => void;
  readonly children: ReactNode;
}

/** A table that can be exported. */
export function Table(props: TableProps) {
  if (process.env.NODE_ENV !== 'production') useRecordMounted<AcmeUiEvents>('Table', props);
  const { record } = useTelemetry<AcmeUiEvents>();
  const exportTable = () => {
    const start = performance.now();
    // … the work …
    record('method_called', { method: 'exportTable', duration: performance.now() - start });
  };
  return (
    <section>
      {props.children}
      <button type="button" onClick={exportTable}>
        Export
      </button>
    </section>
  );
}
