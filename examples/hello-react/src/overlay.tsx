/** What somebody who develops with the library sees of an error: what to do about it, and whether that helped. */

import { codeOf, revive } from 'aboveboard/errors';
import { ErrorFeedback } from 'aboveboard/react/elements';
import 'aboveboard/elements/error-feedback.css';
import { useEffect, useState } from 'react';
import { errorCodes, errorPages } from './errors.gen.js';

/** Asks the development server about the theme, and shows what is wrong with it. */
export default function Overlay() {
  const [error, setError] = useState<Error>();
  useEffect(() => {
    const show = async () => {
      const { error } = await (await fetch('/__acme-ui/theme')).json();
      if (error) setError(revive(error));
    };
    // Whoever serves the page without the library's plugin has no overlay.
    show().catch(() => {});
  }, []);
  if (!error) return null;
  const code = codeOf(error, errorCodes);
  const page = code && errorPages[code];
  return (
    <aside role="alert">
      <h2>{error.message}</h2>
      {page && <p>{page.sections.find(([heading]) => heading === 'Fix it')?.[1]}</p>}
      {code && <a href={`https://acme.example/ui/errors/${code}`}>{code}</a>}
      {code && <ErrorFeedback code={code} endpoint="/__aboveboard/feedback" surface="overlay" />}
    </aside>
  );
}
