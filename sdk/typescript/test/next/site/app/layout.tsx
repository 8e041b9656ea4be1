import type { ReactNode } from 'react';
import { AcmeProvider } from '../library';

/** A component of the server, around one of the browser. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <AcmeProvider>{children}</AcmeProvider>
      </body>
    </html>
  );
}
