'use client';

/** The elements as components of React: `aboveboard/react/elements`, apart, so that nobody else carries them. */

import { type ReactNode, createElement, useEffect, useState } from 'react';
import '../elements/error-feedback.js';

/** The attributes of `<error-feedback>`. */
export interface ErrorFeedbackProps {
  readonly code: string;
  /** A path of the development server; with a `tool`, the batches of a collector. */
  readonly endpoint: string;
  readonly tool?: string | undefined;
  /** Where it stands: `overlay` or `docs`. */
  readonly surface?: string | undefined;
  /** What it says, from the English. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
}

/** Asks whether the text of an error helped. A server renders nothing: without script it cannot ask. */
export function ErrorFeedback({ texts, ...attributes }: ErrorFeedbackProps): ReactNode {
  const [isPage, setPage] = useState(false);
  useEffect(() => setPage(true), []);
  return isPage && createElement('error-feedback', { ...attributes, texts: texts && JSON.stringify(texts) });
}
