/// Choices that follow from bytes; where those are used up, the first of each.
pub(crate) struct Choices<'a>(&'a [u8]);

/// What texts are made of: what the formats have for separators, names and numbers, and what they don't expect.
const PIECES: [&str; 32] = [
    "#",
    "|",
    "-",
    "*",
    "@",
    "-@",
    "aws",
    "aws-cn",
    "us-east-1",
    "cn-north-1",
    "ec2-subnets",
    "global",
    "111122223333",
    "0123456789abcdef0123456789abcdef",
    "0123456789ABCDEF0123456789ABCDEF",
    "0",
    "1",
    "17",
    "+1",
    "01",
    "-1",
    "18446744073709551615",
    "99999999999999999999",
    "epoch",
    "#lease#",
    "#chunk#",
    "\0",
    "é",
    "１",
    " ",
    "",
    "i-0",
];

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Yes, for one byte in so many.
    pub(crate) fn once_in(&mut self, many: u8) -> bool {
        self.byte().is_multiple_of(many)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let [high, low] = [self.byte(), self.byte()];
        usize::from(u16::from_be_bytes([high, low])) % limit
    }

    pub(crate) fn one_of<'b, T>(&mut self, choices: &'b [T]) -> &'b T {
        &choices[self.below(choices.len())]
    }

    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        (0..self.byte() % 48).map(|_| self.byte()).collect()
    }

    /// Any text, and often one that looks like what is expected.
    pub(crate) fn text(&mut self) -> String {
        if self.once_in(4) {
            return String::from_utf8_lossy(&self.bytes()).into_owned();
        }
        (0..self.byte() % 12).map(|_| *self.one_of(&PIECES)).collect()
    }
}
