//! Ids from which the life is found again, however many there are: a number in disguise.

/// Which life: of which group, in which of its chapters, the how manieth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Which {
    pub(super) group: usize,
    pub(super) chapter: u64,
    pub(super) ordinal: usize,
}

const CHAPTER_BITS: u32 = 20;
const ORDINAL_BITS: u32 = 20;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Such as `i-0bb39a0d6106470f1`.
pub(super) fn encode(seed: u64, which: Which) -> String {
    let number = ((which.group as u64) << (CHAPTER_BITS + ORDINAL_BITS))
        | (which.chapter << ORDINAL_BITS)
        | which.ordinal as u64;
    format!("i-0{:016x}", stir(stir(number ^ seed, FACTOR), FACTOR))
}

/// What [`encode`] was given; whatever for an id that it did not make, `None` for what is none.
pub(super) fn decode(seed: u64, id: &str) -> Option<Which> {
    let digits = id.strip_prefix("i-0").filter(|digits| digits.len() == 16)?;
    let hidden = u64::from_str_radix(digits, 16).ok()?;
    let inverse = inverse_of(FACTOR);
    let number = unstir(unstir(hidden, inverse), inverse) ^ seed;
    let part = |shift: u32, bits: u32| (number >> shift) & ((1 << bits) - 1);
    Some(Which {
        group: usize::try_from(number >> (CHAPTER_BITS + ORDINAL_BITS)).ok()?,
        chapter: part(ORDINAL_BITS, CHAPTER_BITS),
        ordinal: usize::try_from(part(0, ORDINAL_BITS)).ok()?,
    })
}

fn stir(number: u64, factor: u64) -> u64 {
    let number = number.wrapping_mul(factor);
    number ^ (number >> 32)
}

fn unstir(number: u64, inverse: u64) -> u64 {
    (number ^ (number >> 32)).wrapping_mul(inverse)
}

/// By Newton's method: each step doubles the bits that are right, of which an odd number has three to begin with.
fn inverse_of(factor: u64) -> u64 {
    (0..5).fold(factor, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(factor.wrapping_mul(inverse))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_which_life_it_is_of() {
        for (group, chapter, ordinal) in [(0, 0, 0), (1, 2, 3), (20_000, 1_000_000, 999_999)] {
            let which = Which { group, chapter, ordinal };
            for seed in [0, 1, u64::MAX] {
                assert_eq!(decode(seed, &encode(seed, which)), Some(which));
            }
        }
        for none in ["", "i-1234", "i-0bb39a0d6106470fg", "vol-0bb39a0d6106470f1"] {
            assert_eq!(decode(1, none), None, "{none}");
        }
    }
}
