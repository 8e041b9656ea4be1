'use client';

/** A component library, as the guide has it: what a build for production leaves out stands behind a constant. */

import { TelemetryProvider, useRecordFramework, useRecordMounted } from 'aboveboard/react';
import type { ReactNode } from 'react';
import { acmeUi } from './acme-ui';
import { environment } from './environment';

function Framework() {
  useRecordFramework();
  return null;
}

export function AcmeProvider({ children }: { children: ReactNode }) {
  if (process.env.NODE_ENV === 'production') return children;
  return (
    <TelemetryProvider
      vocabulary={acmeUi}
      version="2.1.0"
      development={() => process.env.NODE_ENV === 'development'}
      notice="https://acme.example/ui/telemetry"
      env={environment()}
      endpoint={process.env.NEXT_PUBLIC_ACME_UI_TELEMETRY_ENDPOINT}
    >
      <Framework />
      {children}
    </TelemetryProvider>
  );
}

export function Table(props: { readonly appearance?: object; readonly children: ReactNode }) {
  if (process.env.NODE_ENV !== 'production') useRecordMounted('Table', props);
  return <section>{props.children}</section>;
}
