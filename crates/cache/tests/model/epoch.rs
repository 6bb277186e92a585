/// What is seen of the epoch, and so what a fence is: in a model with one selector its mark is the counter itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Epoch {
    pub(crate) incarnation: u8,
    pub(crate) counter: u8,
}

impl Epoch {
    /// Whether a value fetched under `fence` is good by this epoch.
    pub(crate) fn validates(self, fence: Self) -> bool {
        fence.incarnation == self.incarnation && fence.counter >= self.counter
    }

    /// Whether an entry of this fence may be replaced by one of `fence`: never by an older one of its incarnation.
    pub(crate) fn may_be_replaced_by(self, fence: Self) -> bool {
        fence.incarnation != self.incarnation || fence.counter >= self.counter
    }

    /// The epoch after an invalidation.
    pub(crate) fn advanced(self) -> Self {
        Self { counter: self.counter + 1, ..self }
    }
}
