//! MD5 (RFC 1321), only to recognise what others hash with it.

/// The digest of some bytes.
pub(super) fn md5(bytes: &[u8]) -> [u8; 16] {
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let mut message = bytes.to_vec();
    message.push(0x80);
    message.resize(message.len().next_multiple_of(64) + if message.len() % 64 > 56 { 64 } else { 0 }, 0);
    let length = message.len();
    message[length - 8..].copy_from_slice(&(bytes.len() as u64 * 8).to_le_bytes());
    for block in message.chunks_exact(64) {
        round(&mut state, block);
    }
    let mut digest = [0; 16];
    digest.chunks_exact_mut(4).zip(state).for_each(|(place, word)| place.copy_from_slice(&word.to_le_bytes()));
    digest
}

/// Bits by which each step of four rounds rotates.
const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

fn round(state: &mut [u32; 4], block: &[u8]) {
    let word = |position: usize| {
        u32::from_le_bytes(block[position * 4..position * 4 + 4].try_into().expect("four bytes of a block of 64"))
    };
    let [mut a, mut b, mut c, mut d] = *state;
    for step in 0..64 {
        let (mixed, position) = match step / 16 {
            0 => (b & c | !b & d, step),
            1 => (d & b | !d & c, (5 * step + 1) % 16),
            2 => (b ^ c ^ d, (3 * step + 5) % 16),
            _ => (c ^ (b | !d), 7 * step % 16),
        };
        let constant = (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
        let sum = a.wrapping_add(mixed).wrapping_add(constant).wrapping_add(word(position));
        (a, d, c) = (d, c, b);
        b = b.wrapping_add(sum.rotate_left(ROTATIONS[step / 16][step % 4]));
    }
    for (sum, part) in state.iter_mut().zip([a, b, c, d]) {
        *sum = sum.wrapping_add(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test suite of RFC 1321, A.5, and lengths around the padding.
    #[test]
    fn digests_are_those_of_the_rfc() {
        let check = |text: &str, expected: &str| {
            let digest: String = md5(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digest, expected, "{text:?}");
        };
        check("", "d41d8cd98f00b204e9800998ecf8427e");
        check("a", "0cc175b9c0f1b6a831c399e269772661");
        check("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
        check("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b");
        check(&"1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a");
        check(&"x".repeat(55), "04364420e25c512fd958a70738aa8f72");
        check(&"x".repeat(56), "668a72d5ba17f08e62dabcafad6db14b");
    }
}
