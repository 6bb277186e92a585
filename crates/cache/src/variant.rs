use sha2::{Digest, Sha256};

/// A digest of the canonical query parameters: 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant(String);

impl Variant {
    /// The variant of a question asked with these parameters, in whatever order they are given.
    #[must_use]
    pub fn of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::digest(&canonical(parameters))
    }

    /// The variant of a question that is asked about one resource.
    pub(crate) fn about(variant: Option<&Self>, resource: &str) -> Self {
        // No canonical parameters begin so: with the length of a name, which is not as long as that.
        let mut bytes = vec![u8::MAX];
        bytes.extend(canonical([(variant.map_or("", Self::as_str), resource)]));
        Self::digest(&bytes)
    }

    /// Reads what [`Self::as_str`] gave.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// The digest in hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digest(bytes: &[u8]) -> Self {
        Self(hex::encode(&Sha256::digest(bytes)[..16]))
    }
}

/// Canonical bytes of query parameters: sorted, each name and value with its length before it, so that no choice
/// of separators inside them makes two different sets of parameters alike.
fn canonical<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut parameters: Vec<_> = parameters.into_iter().collect();
    parameters.sort_unstable();
    let mut bytes = Vec::new();
    for text in parameters.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod never_alike;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_told_apart_whatever_separators_they_hold() {
        assert_eq!(Variant::of([("a", "1"), ("b", "2")]), Variant::of([("b", "2"), ("a", "1")]));
        assert_ne!(canonical([("a", "b=c")]), canonical([("a=b", "c")]));
        assert_ne!(canonical([("a", ""), ("b", "")]), canonical([("a", "b")]));
    }
}
