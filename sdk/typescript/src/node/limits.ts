/** Every maximum of the client, unit last. The Rust client has the same, with the reasons for their sizes. */

/** Events in memory before they are written out. */
export const EVENTS_MAX = 1_000;
/** Bytes of the queue; what comes then is counted and dropped. */
export const QUEUE_BYTES_MAX = 256 * 1024;
/** Bytes of all batches that wait; the oldest go first. */
export const SEALED_BYTES_MAX = 1024 * 1024;
/** Days a batch may wait. */
export const WAIT_DAYS_MAX = 14;
/** Bytes of the ledger; the older half goes first. */
export const LEDGER_BYTES_MAX = 1024 * 1024;
/** Events of one batch. */
export const BATCH_EVENTS_MAX = 200;
/** How long a sender may live. */
export const SENDER_LIFE_MS_MAX = 10_000;
/** How long one request may take, name resolution included. */
export const REQUEST_MS_MAX = 8_000;
/** How long the end of a run in CI or a container may wait for the collector. */
export const EXIT_WAIT_MS_MAX = 100;
/** How long a sender waits before it does anything, so that it does not compete with its parent's end. */
export const SENDER_PAUSE_MS = 50;
/** Seconds between two sendings, and as many again at random. */
export const PAUSE_SECONDS = 600;
/** Seconds of the longest pause after failures. */
export const BACKOFF_SECONDS_MAX = 4 * 86_400;
/** Seconds after which a lock is nobody's. */
export const LOCK_SECONDS_MAX = 60;
/** Seconds for which a run takes the next sending for the process that it starts. */
export const CLAIM_SECONDS = SENDER_LIFE_MS_MAX / 1000;
/** Seconds after an error in which the next run tells what followed; later, whoever met it gave up. */
export const FOLLOWED_SECONDS_MAX = 600;
/** How long a person has to answer whether a text helped. */
export const ANSWER_MS_MAX = 5_000;
/** Bytes of a vote that a page sends. */
export const VOTE_BYTES_MAX = 1_024;

/** A choice in a consent banner is some sixty bytes, and the path of a page. */
export const CHOICE_BYTES_MAX = 4096;
/** Whoever counts choices may be slow. No visitor waits for them, and a site no longer than this. */
export const CHOICE_MS_MAX = 5000;
