//! Receipts of forgotten identifiers: eight signs such as `7F3K-Q2M9`, with which anybody can ask how far it is.
//!
//! A receipt is the number that the store gave to what it forgets, enciphered under the tool's key. So nothing has to
//! be kept for it, it says nothing without the key, and it ends with the key, when nothing under it is kept any more.

use std::fmt;

/// Crockford's alphabet, without I, L, O and U: what looks alike is read alike.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNS: usize = 8;
const HALF_BITS: u32 = 20;
const HALF: u64 = (1 << HALF_BITS) - 1;
/// Rounds of the cipher; four are enough in theory (Luby and Rackoff, 1988), and more cost nothing here.
const ROUNDS: u8 = 8;

/// A receipt, as 40 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt(u64);

impl Receipt {
    /// The receipt for a number, under a key.
    pub(crate) fn new(number: u32, key: &[u8; 32]) -> Self {
        let (mut left, mut right) = halves(u64::from(number));
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ mixed(right, round, key));
        }
        Self(left << HALF_BITS | right)
    }

    /// The number it is for, if it was written under this key.
    pub(crate) fn number(self, key: &[u8; 32]) -> Option<u32> {
        let (mut left, mut right) = halves(self.0);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ mixed(left, round, key), left);
        }
        u32::try_from(left << HALF_BITS | right).ok()
    }

    /// A receipt as somebody typed it: in any case, with or without the dash.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let signs: Vec<u64> =
            text.bytes().filter(|sign| !matches!(sign, b'-' | b' ')).map(value_of).collect::<Option<_>>()?;
        (signs.len() == SIGNS).then(|| Self(signs.into_iter().fold(0, |bits, sign| bits << 5 | sign)))
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..SIGNS).rev() {
            let sign = ALPHABET[(self.0 >> (5 * place) & 31) as usize];
            let dash = if place == SIGNS / 2 { "-" } else { "" };
            write!(f, "{}{dash}", char::from(sign))?;
        }
        Ok(())
    }
}

fn halves(bits: u64) -> (u64, u64) {
    (bits >> HALF_BITS & HALF, bits & HALF)
}

fn mixed(half: u64, round: u8, key: &[u8; 32]) -> u64 {
    let mut input = [round; 9];
    input[1..].copy_from_slice(&half.to_le_bytes());
    let hash = blake3::keyed_hash(key, &input);
    u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes")) & HALF
}

fn value_of(sign: u8) -> Option<u64> {
    let sign = match sign.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        sign => sign,
    };
    ALPHABET.iter().position(|known| *known == sign).map(|value| value as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_receipt_is_read_back_and_only_under_its_key(number: u32, key: [u8; 32], other: [u8; 32]) {
            let receipt = Receipt::new(number, &key);
            let text = receipt.to_string();
            prop_assert_eq!(Receipt::parse(&text), Some(receipt));
            prop_assert_eq!(receipt.number(&key), Some(number));
            prop_assert!(key == other || receipt.number(&other) != Some(number));
        }
    }

    #[test]
    fn what_people_type_is_understood() {
        let receipt = Receipt::parse("7F3K-Q2M9");
        assert_eq!(receipt.map(|receipt| receipt.to_string()).as_deref(), Some("7F3K-Q2M9"));
        assert_eq!(Receipt::parse(" 7f3kq2m9"), receipt);
        assert_eq!(Receipt::parse("OIL0-OIL0"), Receipt::parse("0110-0110"));
        for wrong in ["", "7F3K", "7F3K-Q2M9-0", "7F3K-Q2MU", "../../etc", "7F3K-Q2Mé"] {
            assert_eq!(Receipt::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn neighbours_share_nothing() {
        let texts: Vec<String> = (2..5).map(|number| Receipt::new(number, &[7; 32]).to_string()).collect();
        assert_eq!(texts, ["B5FF-N6E1", "KX1D-3YAH", "YPGR-G833"], "a receipt once given out is read for ever");
    }
}
