/**
 * Numbers to buckets and back. Only the bucket is sent. The law that makes checking twice harmless: the bucket of the
 * number that stands for a bucket is that bucket.
 */

import type { Edges, Logarithm } from './vocabulary.js';

/** The bucket of a finite number. */
export function bucketOf(kind: Edges | Logarithm, number: number): number {
  if ('edges' in kind) return Math.max(0, kind.edges.filter((edge) => edge <= number).length - 1);
  if (number < kind.min) return 0;
  const bucket = Math.floor(steps(kind, number)) + 1;
  return number < kind.max ? bucket : Math.min(bucket, Math.ceil(steps(kind, kind.max)) + 1);
}

/** The number that stands for a bucket, short enough to be read where that keeps it in its bucket. */
export function numberOf(kind: Edges | Logarithm, bucket: number): number {
  const exact = exactly(kind, bucket);
  const short = Number(exact.toExponential(2));
  return bucketOf(kind, short) === bucket ? short : exact;
}

function exactly(kind: Edges | Logarithm, bucket: number): number {
  if ('edges' in kind) return kind.edges[bucket] ?? 0;
  return bucket === 0 ? 0 : kind.min * growth(kind) ** (bucket - 1) * (1 + kind.log);
}

function steps(kind: Logarithm, number: number): number {
  return Math.log(number / kind.min) / Math.log(growth(kind));
}

function growth(kind: Logarithm): number {
  return (1 + kind.log) / (1 - kind.log);
}
