//! Every maximum of the vocabulary and of the wire, unit last, with the reason for its size.

/// Members of a `choice` that may be given several at once: a set is one 32-bit mask, bit 0 is `other`.
pub const SET_MEMBERS_MAX: usize = 31;
/// Members of a single `choice`, or names in a list: codes stay small, and a person can read the list.
pub const MEMBERS_MAX: usize = 20_000;
/// Fields of one event, and of an origin: a mask of them fits 64 bits.
pub const FIELDS_MAX: usize = 64;
/// Events of one catalogue.
pub const EVENTS_MAX: usize = 1_000;
/// Buckets of one number field: about 1,400 are needed for 1 % relative error over twelve decades.
pub const BUCKETS_MAX: usize = 4_096;
/// Characters of a declared name.
pub const NAME_CHARS_MAX: usize = 64;
/// Bytes of a member of a choice or list.
pub const MEMBER_BYTES_MAX: usize = 128;
/// Bytes of the page of an error code: ten times what anybody reads in the middle of an error.
pub const PAGE_BYTES_MAX: usize = 64 * 1024;
/// Characters of the title of an error code: it stands in tables and in the title of a browser's tab.
pub const TITLE_CHARS_MAX: usize = 100;
/// Distinct values that one version field may keep when its catalogue does not say.
pub const VERSIONS_DISTINCT_DEFAULT: u32 = 1_000;
/// Bytes of a version text as it arrives; SemVer sets no limit, npm refuses over 256.
pub const VERSION_BYTES_MAX: usize = 256;
/// Bytes of an identifier as it arrives, before it is hashed.
pub const ID_BYTES_MAX: usize = 512;

/// Bytes of one request body as it arrives (the largest a real client sent was 4,664; browsers stop at 64 KiB).
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one body after decompression.
pub const BODY_INFLATED_BYTES_MAX: usize = 1024 * 1024;
/// Events of one batch.
pub const BATCH_EVENTS_MAX: usize = 1_000;
/// How often one event of a batch may say it happened.
pub const EVENT_COUNT_MAX: u64 = 1_000_000;
/// Depth of nested JSON.
pub const NESTING_DEPTH_MAX: usize = 16;
/// Keys of one object, so that looking for repeated ones stays cheap; the most a real client sends is 39.
pub const KEYS_MAX: usize = 128;
/// Days that a batch may be older than the day it arrives: client spools keep thirty, and clocks are off.
pub const BATCH_AGE_DAYS_MAX: i32 = 45;
/// Days that a batch may lie in the future: time zones and clocks.
pub const BATCH_AHEAD_DAYS_MAX: i32 = 1;

/// Dimensions of one question.
pub const BY_MAX: usize = 2;
/// Filters of one question.
pub const FILTERS_MAX: usize = 16;
/// Days of one question: the longest retention, and some more.
pub const QUESTION_DAYS_MAX: i32 = 4_000;

const _: () = assert!(BODY_BYTES_MAX <= BODY_INFLATED_BYTES_MAX);
const _: () = assert!(SET_MEMBERS_MAX < u32::BITS as usize);
const _: () = assert!(FIELDS_MAX <= u64::BITS as usize);
