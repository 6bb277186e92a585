/// What AWS charges for a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Nothing, as for every call that lists and describes.
    Nothing,
    /// Each call: it is fetched only for whoever asks, never ahead of them.
    EachCall,
}
