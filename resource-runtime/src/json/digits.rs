//! Digits, eight at a time: arithmetic within a word instead of a division for each of them.
//!
//! A word stands for text, its lowest byte first.

/// Eight times `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Four numbers below 100, as eight digits.
pub(super) const fn pairs(first: u32, second: u32, third: u32, fourth: u32) -> u64 {
    let numbers = first as u64 | (second as u64) << 16 | (third as u64) << 32 | (fourth as u64) << 48;
    // `n * 103 / 1024` is `n / 10` for all numbers below 100.
    let tens = ((numbers * 103) >> 10) & 0x000F_000F_000F_000F;
    (tens | (numbers - 10 * tens) << 8) + ZEROS
}

/// A number below 10^4, as eight digits.
pub(super) const fn four(number: u32) -> u64 {
    pairs(0, 0, number / 100, number % 100)
}

/// A number below 10^8, as eight digits.
pub(super) const fn eight(number: u32) -> u64 {
    let (high, low) = (number / 10_000, number % 10_000);
    pairs(high / 100, high % 100, low / 100, low % 100)
}

/// A number below 10^16, as sixteen digits.
#[expect(clippy::cast_possible_truncation, reason = "both halves are below 10^8")]
pub(super) const fn sixteen(number: u64) -> u128 {
    const HALF: u64 = 100_000_000;
    let (high, low) = if number < HALF { (ZEROS, number) } else { (eight((number / HALF) as u32), number % HALF) };
    high as u128 | (eight(low as u32) as u128) << 64
}

/// How many zeros eight digits begin with.
pub(super) const fn zeros(digits: u64) -> usize {
    ((digits ^ ZEROS).trailing_zeros() / 8) as usize
}

/// How many zeros sixteen digits begin with.
pub(super) const fn zeros_of_sixteen(digits: u128) -> usize {
    ((digits ^ (ZEROS as u128 | (ZEROS as u128) << 64)).trailing_zeros() / 8) as usize
}

/// Adds so many of these bytes. To add all of them and to shorten is quicker than to add few: the compiler knows
/// how many there are.
#[inline]
pub(super) fn push<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    // Asked for here as well, so that what is quick has nothing to keep while room is made.
    if out.capacity() - out.len() < N {
        return push_with_room(out, bytes, len);
    }
    let end = out.len() + len;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

#[cold]
#[inline(never)]
fn push_with_room(out: &mut Vec<u8>, bytes: &[u8], len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_the_digits_of_their_numbers() {
        for number in 0..100 {
            let expected = format!("{number:02}{:02}07{number:02}", 99 - number);
            assert_eq!(pairs(number, 99 - number, 7, number).to_le_bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn digits_are_those_that_formatting_gives() {
        let mut number = 1_u64;
        for at in 0..10_000_u64 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(at);
            for number in [number % 10_u64.pow(16), number % 10_u64.pow(9), at, 10_u64.pow(16) - 1 - at] {
                let text = format!("{number:016}");
                let low = u32::try_from(number % 10_000).unwrap();
                assert_eq!(four(low).to_le_bytes(), format!("{low:08}").as_bytes());
                assert_eq!(sixteen(number).to_le_bytes(), text.as_bytes());
                let zeros = text.bytes().take_while(|it| *it == b'0').count();
                assert_eq!(zeros_of_sixteen(sixteen(number)), zeros);
            }
        }
    }
}
