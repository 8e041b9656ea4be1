/** An app that uses the library. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AcmeProvider, Table } from './library';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AcmeProvider>
      <h1>hello-react</h1>
      <Table appearance={{ theme: 'dark' }}>One row</Table>
    </AcmeProvider>
  </StrictMode>,
);
