/** Every maximum of a page, unit last. */

/** Rows of a batch: with most catalogues far below what a closing page may send. */
export const ROWS_MAX = 50;
/** Bytes of a request that may outlive its page; browsers take 64 KiB of all that are under way. */
export const KEPT_ALIVE_BYTES_MAX = 64_000;
/** What may wait on the shelf: 16 batches, and the rows of a page. */
export const WAITING_MAX = 17;
/** How long a page that says little waits from one batch to the next, at least. */
export const WAIT_MS_MIN = 125;
/** The same, of a page that says much. */
export const WAIT_MS_MAX = 8_000;
/** How long a page waits when nobody was reached. */
export const RETRY_MS = 60_000;
