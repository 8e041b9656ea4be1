//! What a word can look like: itself, its encodings, and the hashes that tools are fond of, whole or shortened. Pure.
//!
//! A hash with a salt, a keyed hash and what is encrypted cannot be recognised by anybody without the key.

use std::collections::BTreeSet;
use std::io::Read;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};

use super::md5::md5;

/// The forms, for people.
pub(crate) const SENTENCE: &str =
    "in clear, as hex, base64, gzip, zstd and UTF-16, and as md5, sha1, sha256, sha384 and sha512, whole or shortened";

/// The forms of some words.
pub(super) struct Forms {
    /// Lower case.
    clear: BTreeSet<String>,
    hex: BTreeSet<String>,
    base64: BTreeSet<String>,
    digests: Vec<Digest>,
}

struct Digest {
    algorithm: &'static str,
    bytes: Vec<u8>,
    hex: String,
    base64: String,
}

/// Digits of a hash that are enough to know it anywhere, and as a number of its own.
const DIGITS_WITHIN: usize = 12;
const DIGITS_ALONE: usize = 8;
/// The same in base64, and in bytes.
const LETTERS_WITHIN: usize = 11;
const BYTES_WITHIN: usize = 8;

impl Forms {
    pub(super) fn of(words: &[String]) -> Self {
        let spelt: BTreeSet<String> = words.iter().flat_map(|word| spellings(word)).collect();
        Self {
            clear: words.iter().map(|word| word.to_lowercase()).collect(),
            hex: spelt.iter().map(|word| hex(word.as_bytes())).collect(),
            base64: spelt.iter().flat_map(|word| (0..3).map(|offset| within_base64(word, offset))).collect(),
            digests: spelt
                .iter()
                .flat_map(|word| digests(&format!("{word}\n")).into_iter().chain(digests(word)))
                .collect(),
        }
    }

    /// The first form that these bytes hold, for people.
    pub(super) fn first_in(&self, text: &Text) -> Option<String> {
        if self.clear.iter().any(|word| text.lower.contains(word)) {
            return Some("in clear".to_owned());
        }
        if self.hex.iter().any(|word| text.lower.contains(word)) {
            return Some("in hex".to_owned());
        }
        if self.base64.iter().any(|word| text.joined.contains(word)) {
            return Some("in base64".to_owned());
        }
        self.digests.iter().find_map(|digest| digest.within(text))
    }
}

impl Digest {
    fn within(&self, text: &Text) -> Option<String> {
        let named = |how: &str| Some(format!("as {} {how}", self.algorithm));
        let shortened = |number: &String| self.hex.starts_with(number.as_str());
        if text.lower.contains(&self.hex[..DIGITS_WITHIN]) || text.numbers.iter().any(shortened) {
            return named("in hex");
        }
        let letters = &self.base64[..LETTERS_WITHIN];
        if text.joined.contains(letters) || text.joined.contains(&letters.replace('+', "-").replace('/', "_")) {
            return named("in base64");
        }
        let bytes = &self.bytes[..BYTES_WITHIN];
        text.bytes.windows(BYTES_WITHIN).any(|window| window == bytes).then(|| named("in bytes"))?
    }
}

/// Bytes in the ways in which they are searched.
pub(super) struct Text {
    bytes: Vec<u8>,
    lower: String,
    /// Without line breaks, which base64 often has.
    joined: String,
    /// Everything that stands alone and could be a shortened hash in hex.
    numbers: BTreeSet<String>,
}

impl Text {
    /// What is packed is looked at packed and unpacked; UTF-16 without its zero bytes.
    pub(super) fn of(raw: &[u8]) -> Self {
        let mut bytes = raw.to_vec();
        for unpacked in [unpacked(raw, &[0x1f, 0x8b, 8], gunzip), unpacked(raw, &[0x28, 0xb5, 0x2f, 0xfd], unzstd)] {
            bytes.extend([b"\n", unpacked.as_slice()].concat());
        }
        let exact: String = String::from_utf8_lossy(&bytes).replace('\0', "");
        let (lower, joined) = (exact.to_lowercase(), exact.replace(['\r', '\n'], ""));
        let numbers = lower.split(|c: char| !c.is_ascii_hexdigit());
        let numbers = numbers.filter(|number| number.len() >= DIGITS_ALONE).map(str::to_owned).collect();
        Self { bytes, lower, joined, numbers }
    }
}

/// What of some bytes can be unpacked.
fn unpacked(bytes: &[u8], magic: &[u8], unpack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let starts = bytes.windows(magic.len()).enumerate().filter(|(_, window)| *window == magic);
    starts.flat_map(|(start, _)| unpack(&bytes[start..])).collect()
}

/// Bytes that are unpacked at most.
const UNPACKED_BYTES_MAX: u64 = 16 << 20;

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // What could be read before an error counts.
    let _ = flate2::read::GzDecoder::new(bytes).take(UNPACKED_BYTES_MAX).read_to_end(&mut unpacked);
    unpacked
}

fn unzstd(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    if let Ok(decoder) = zstd::Decoder::new(bytes) {
        let _ = decoder.take(UNPACKED_BYTES_MAX).read_to_end(&mut unpacked);
    }
    unpacked
}

/// How somebody could have written a word before hashing it.
fn spellings(word: &str) -> [String; 4] {
    [word.to_owned(), word.to_lowercase(), word.to_uppercase(), format!("{word}/")]
}

fn digests(word: &str) -> Vec<Digest> {
    let bytes = word.as_bytes();
    let sha = [("sha1", &SHA1_FOR_LEGACY_USE_ONLY), ("sha256", &SHA256), ("sha384", &SHA384), ("sha512", &SHA512)];
    let sha = sha.map(|(name, algorithm)| (name, digest(algorithm, bytes).as_ref().to_vec()));
    let all = [("md5", md5(bytes).to_vec())].into_iter().chain(sha);
    all.map(|(algorithm, bytes)| Digest { algorithm, hex: hex(&bytes), base64: base64(&bytes), bytes }).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The letters of base64 that a word is sure to leave, when `offset` bytes stand before it in its group of three.
fn within_base64(word: &str, offset: usize) -> String {
    let letters = base64(&[&b"\0\0"[..offset], word.as_bytes()].concat());
    // A letter holds six bits: those that hold bits of what stands before or after are left out.
    let (first, last) = ((offset * 8).div_ceil(6), (offset + word.len()) * 8 / 6);
    letters[first..last].to_owned()
}

/// Base64 (RFC 4648, section 4), without the padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks(3).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        (0..=group.len()).map(move |letter| char::from(LETTERS[(bits >> (18 - 6 * letter)) as usize & 63]))
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[track_caller]
    fn check(bytes: impl AsRef<[u8]>, expected: Option<&str>) {
        let forms = Forms::of(&["canary-Token".to_owned()]);
        assert_eq!(forms.first_in(&Text::of(bytes.as_ref())).as_deref(), expected);
    }

    #[test]
    fn a_word_is_found_in_clear_and_in_its_encodings() {
        check("nothing but a canary", None);
        check("x=CANARY-TOKEN;", Some("in clear"));
        check("c\0a\0n\0a\0r\0y\0-\0t\0o\0k\0e\0n\0", Some("in clear"));
        check(format!("0x{}", hex(b"canary-Token").to_uppercase()), Some("in hex"));
        for before in ["", "a", "ab", "abc"] {
            check(base64(format!("{before}canary-Token of somebody").as_bytes()), Some("in base64"));
        }
        check(zstd::encode_all(&b"the canary-token"[..], 3).expect("memory"), Some("in clear"));
        let mut gzip = flate2::write::GzEncoder::new(b"head".to_vec(), flate2::Compression::default());
        gzip.write_all(b"the canary-token").expect("memory");
        check(gzip.finish().expect("memory"), Some("in clear"));
    }

    /// By `printf canary-Token | sha256sum` and the others of coreutils.
    #[test]
    fn a_word_is_found_in_its_hashes() {
        check("md5: ac2a55b4eb5c48fcc1eba4b4da2f29b5", Some("as md5 in hex"));
        let sha256 = "611a7546d4aae9cf64f00aba084951cb8c4bf900d1d1527f1052b0f097b8c2af";
        check(sha256, Some("as sha256 in hex"));
        check(format!("id={}", sha256.to_uppercase()), Some("as sha256 in hex"));
        check(format!("v1-{}", &sha256[..8]), Some("as sha256 in hex"));
        check(&sha256[..7], None);
        check(&sha256[1..12], None);
        check("lntjMT23wliWOW2nahyIcJaR0Cc=", Some("as sha1 in base64"));
        check(
            "8c55f489ffbfdd5323df8bc931a9f52a4a974ab6beb8faf98d5dc508aabdb4819bd9716a827def8f9d58dfb96bfecb63e4d69fddba5b2eb0a70f9fef6b81479a",
            Some("as sha512 in hex"),
        );
        check(md5(b"CANARY-TOKEN"), Some("as md5 in bytes"));
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        let check = |text: &str, expected: &str| assert_eq!(base64(text.as_bytes()), expected);
        check("", "");
        check("f", "Zg");
        check("fo", "Zm8");
        check("foo", "Zm9v");
        check("foobar", "Zm9vYmFy");
    }
}
