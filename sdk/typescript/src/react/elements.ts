'use client';

/** The elements as components of React: `aboveboard/react/elements`, apart, so that nobody else carries them. */

import { type ReactNode, createElement, useEffect, useState } from 'react';
import '../elements/consent-banner.js';
import '../elements/error-feedback.js';
import { type ConsentOptions, type Tree, consentTree } from '../elements/markup.js';

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

/**
 * The consent banner, rendered by a server like any other component; what its element then changes is left alone. Give
 * it to every page, first in the body.
 */
export function ConsentBanner(options: ConsentOptions): ReactNode {
  return elementOf(consentTree(options));
}

/** A tree of markup as elements of React, which calls some attributes otherwise. */
function elementOf(tree: Tree): ReactNode {
  if (typeof tree === 'string') return tree;
  const [name, { checked, ...attributes }, ...inside] = tree;
  const given = { ...attributes, ...(checked !== undefined && { defaultChecked: checked }), suppressHydrationWarning: true };
  return createElement(name, given, ...inside.map(elementOf));
}
