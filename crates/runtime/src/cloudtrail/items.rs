use std::io::{self, Read};

use memchr::memchr2;

/// How many bytes are read at once.
const CHUNK: usize = 256 << 10;
/// The largest item in bytes: CloudTrail cuts its events at 256 KB, and LookupEvents has them as a text.
const LARGEST: u64 = 16 << 20;
/// The members of an object that hold items: of delivered files, and of LookupEvents' answers.
const LISTS: [&[u8]; 2] = [b"Records", b"Events"];

/// The items of a log, one after the other: those of a list, of an object's list `Records` or `Events`, or objects side
/// by side, as on lines. No more of the log is kept than an item has.
pub struct Items<R> {
    source: R,
    buffer: Vec<u8>,
    /// How many bytes of the log were before the buffer. All positions are counted from the log's beginning.
    before: u64,
    at: u64,
    /// The first byte that is still needed.
    kept: u64,
    /// What the next item is in, the innermost last.
    within: Vec<Within>,
    chunk: usize,
}

/// Why a log can't be read any further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Its source failed, or is no whole gzip.
    #[error("it can't be read after {at} bytes: {error}")]
    Io {
        /// How many bytes could be read.
        at: u64,
        /// What was wrong.
        error: io::Error,
    },
    /// It ends within an item or a list.
    #[error("it is cut off after {0} bytes")]
    CutOff(u64),
    /// There is something else than a list of events.
    #[error("it is no list of events: see byte {0}")]
    NotAList(u64),
    /// An item is larger than any event.
    #[error("at byte {0} begins what is larger than any event")]
    TooLarge(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    List,
    /// An object that has lists of items.
    Wrapper,
}

/// What the scan of an object came to first.
enum Reached {
    ItsEnd,
    /// A list of items: it is inside of it.
    AList,
}

impl<R: Read> Items<R> {
    /// Those of a log that is not compressed.
    pub fn new(source: R) -> Self {
        Self::by_chunks(source, CHUNK)
    }

    fn by_chunks(source: R, chunk: usize) -> Self {
        let buffer = Vec::with_capacity(2 * chunk);
        Self { source, buffer, before: 0, at: 0, kept: 0, within: Vec::new(), chunk }
    }

    /// The bytes of the next item, an object; `None` after the last.
    ///
    /// # Errors
    /// [`ReadError`]. There is no further item after it.
    pub fn next_item(&mut self) -> Result<Option<&[u8]>, ReadError> {
        loop {
            if self.within.last() == Some(&Within::Wrapper) {
                self.kept = self.at;
                match self.scan_object()? {
                    Reached::ItsEnd => drop(self.within.pop()),
                    Reached::AList => self.within.push(Within::List),
                }
                continue;
            }
            let Some(byte) = self.next_solid()? else {
                return if self.within.is_empty() { Ok(None) } else { Err(ReadError::CutOff(self.at)) };
            };
            let start = self.at;
            self.at += 1;
            match byte {
                b',' => {}
                b'[' if self.within.is_empty() => self.within.push(Within::List),
                b']' if !self.within.is_empty() => drop(self.within.pop()),
                b'{' => {
                    self.kept = start;
                    match self.scan_object()? {
                        Reached::ItsEnd => return Ok(Some(&self.buffer[self.index(start)..self.index(self.at)])),
                        Reached::AList => self.within.extend([Within::Wrapper, Within::List]),
                    }
                }
                _ => return Err(ReadError::NotAList(start)),
            }
        }
    }

    /// Goes on inside of an object, to behind its end or into a list of items.
    fn scan_object(&mut self) -> Result<Reached, ReadError> {
        let (mut depth, mut text) = (1_u32, self.at..self.at);
        while depth > 0 {
            let Some(byte) = self.next_structural()? else { return Err(ReadError::CutOff(self.at)) };
            self.at += 1;
            match byte {
                b'"' => {
                    let start = self.at;
                    self.skip_text()?;
                    text = start..self.at - 1;
                }
                b'[' if depth == 1 && LISTS.contains(&&self.buffer[self.index(text.start)..self.index(text.end)]) => {
                    return Ok(Reached::AList);
                }
                b'{' | b'[' => depth += 1,
                _ => depth -= 1,
            }
        }
        Ok(Reached::ItsEnd)
    }

    /// Goes behind the quote that ends a text.
    fn skip_text(&mut self) -> Result<(), ReadError> {
        loop {
            let rest = &self.buffer[self.index(self.at)..];
            match memchr2(b'"', b'\\', rest) {
                Some(index) if rest[index] == b'"' => {
                    self.at += index as u64 + 1;
                    return Ok(());
                }
                Some(index) if index + 1 < rest.len() => self.at += index as u64 + 2,
                // What is escaped has not been read yet.
                found => {
                    self.at += found.unwrap_or(rest.len()) as u64;
                    if !self.fill()? {
                        return Err(ReadError::CutOff(self.at));
                    }
                }
            }
        }
    }

    /// The next byte that opens or closes something, or begins a text.
    fn next_structural(&mut self) -> Result<Option<u8>, ReadError> {
        self.next_of(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
    }

    /// The next byte that is no space.
    fn next_solid(&mut self) -> Result<Option<u8>, ReadError> {
        self.kept = self.at;
        self.next_of(|byte| !byte.is_ascii_whitespace())
    }

    fn next_of(&mut self, is_it: impl Fn(u8) -> bool) -> Result<Option<u8>, ReadError> {
        loop {
            let rest = &self.buffer[self.index(self.at)..];
            match rest.iter().position(|byte| is_it(*byte)) {
                Some(index) => {
                    let byte = rest[index];
                    self.at += index as u64;
                    return Ok(Some(byte));
                }
                None => {
                    self.at += rest.len() as u64;
                    if !self.fill()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Reads on; whether there was more.
    fn fill(&mut self) -> Result<bool, ReadError> {
        if self.at - self.kept > LARGEST {
            return Err(ReadError::TooLarge(self.kept));
        }
        let unneeded = self.index(self.kept);
        self.buffer.drain(..unneeded);
        self.before += unneeded as u64;
        let read = self.source.by_ref().take(self.chunk as u64).read_to_end(&mut self.buffer);
        read.map(|bytes| bytes > 0).map_err(|error| ReadError::Io { at: self.before + self.buffer.len() as u64, error })
    }

    fn index(&self, position: u64) -> usize {
        (position - self.before) as usize
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Read as in earnest, and byte by byte, so that every border is met.
    fn both_ways(log: &str) -> [(Vec<String>, Option<String>); 2] {
        [CHUNK, 1].map(|chunk| items(Items::by_chunks(log.as_bytes(), chunk)))
    }

    fn items(mut items: Items<impl Read>) -> (Vec<String>, Option<String>) {
        let mut read = Vec::new();
        loop {
            match items.next_item() {
                Ok(Some(item)) => read.push(String::from_utf8(item.to_vec()).expect("UTF-8")),
                Ok(None) => return (read, None),
                Err(error) => return (read, Some(error.to_string())),
            }
        }
    }

    #[rstest]
    #[case::nothing(" \n", &[])]
    #[case::one(r#"{"a":"}\"{"}"#, &[r#"{"a":"}\"{"}"#])]
    #[case::lines("{\"a\":1}\n{\"b\":{}}\n", &[r#"{"a":1}"#, r#"{"b":{}}"#])]
    #[case::list(r#"[ {"a":[1,[2]]} , {} ]"#, &[r#"{"a":[1,[2]]}"#, "{}"])]
    #[case::delivered(r#"{"Records":[{"a":1},{"b":"\\"}]}"#, &[r#"{"a":1}"#, r#"{"b":"\\"}"#])]
    #[case::no_records(r#"{"Records":[]}"#, &[])]
    #[case::looked_up(r#"{"NextToken":"x","Events":[{"a":1}],"x":{"y":[2]}} {"Events":[{"b":2}]}"#, &[r#"{"a":1}"#, r#"{"b":2}"#])]
    #[case::wrapped_in_a_list(r#"[{"Records":[{"a":1}]},{"b":2}]"#, &[r#"{"a":1}"#, r#"{"b":2}"#])]
    #[case::list_of_another_name(r#"{"Things":[{"a":1}]}"#, &[r#"{"Things":[{"a":1}]}"#])]
    #[case::deeper(r#"{"x":{"Records":[{"a":1}]}}"#, &[r#"{"x":{"Records":[{"a":1}]}}"#])]
    fn every_form_of_a_log_has_its_items(#[case] log: &str, #[case] expected: &[&str]) {
        for read in both_ways(log) {
            assert_eq!(read, (expected.iter().map(ToString::to_string).collect(), None));
        }
    }

    #[rstest]
    #[case(r#"{"a":1"#, 0, "it is cut off after 6 bytes")]
    #[case(r#"{"Records":[{"a":1},{"b"#, 1, "it is cut off after 23 bytes")]
    #[case(r#"{"Records":[{"a":1}"#, 1, "it is cut off after 19 bytes")]
    #[case(r#"{"Records":[{"a":1}]"#, 1, "it is cut off after 20 bytes")]
    #[case(r#"{"a":"\"#, 0, "it is cut off after 6 bytes")]
    #[case("[1]", 0, "it is no list of events: see byte 1")]
    #[case("{}x", 1, "it is no list of events: see byte 2")]
    #[case("{}]", 1, "it is no list of events: see byte 2")]
    #[case("<html>", 0, "it is no list of events: see byte 0")]
    fn what_is_no_log_says_where(#[case] log: &str, #[case] before: usize, #[case] said: &str) {
        for (read, error) in both_ways(log) {
            assert_eq!((read.len(), error.as_deref()), (before, Some(said)), "{log}");
        }
    }

    #[test]
    fn what_is_broken_far_behind_the_beginning_says_so_too() {
        let good = r#"{"a":1}"#.repeat(2 * CHUNK / 7);
        let (read, error) = items(Items::new(format!("{good}{{[1]}}").as_bytes()));
        assert_eq!((read.len(), error), (2 * CHUNK / 7 + 1, None), "no JSON, as its reader will find");
        let (read, error) = items(Items::new(format!(r#"{{"Records":[{good}] [1]}}"#).as_bytes()));
        assert_eq!((read.len(), error), (2 * CHUNK / 7, None));
    }

    #[test]
    fn memory_is_that_of_an_item_however_long_the_log() {
        let item = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000));
        let log = io::Cursor::new(item.repeat(5_000));
        let mut items = Items::new(log);
        let mut read = 0;
        while items.next_item().expect("a list of events").is_some() {
            read += 1;
        }
        assert_eq!(read, 5_000);
        assert!(items.buffer.capacity() < 4 * CHUNK, "{}", items.buffer.capacity());
        let endless = Items::new(io::Read::chain(&b"{\"a\":\""[..], io::repeat(b'x')))
            .next_item()
            .map(|_| ())
            .expect_err("too large");
        assert!(matches!(endless, ReadError::TooLarge(0)), "{endless}");
    }
}
