use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::items::{Items, ReadError};

/// The first bytes of a gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The items of a log file, compressed by gzip or not.
///
/// # Errors
/// [`ReadError::Io`].
pub fn items<'a>(source: impl Read + 'a) -> Result<Items<Box<dyn Read + 'a>>, ReadError> {
    let mut source = BufReader::with_capacity(256 << 10, source);
    let is_compressed = source.fill_buf().map_err(|error| ReadError::Io { at: 0, error })?.starts_with(&GZIP);
    let source: Box<dyn Read + 'a> =
        if is_compressed { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) };
    Ok(Items::new(source))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(log: &[u8]) -> Result<usize, ReadError> {
        let (mut items, mut read) = (items(log)?, 0);
        while items.next_item()?.is_some() {
            read += 1;
        }
        Ok(read)
    }

    #[test]
    fn a_log_is_read_compressed_or_not_and_says_where_it_is_cut_off() {
        let log = br#"{"Records":[{"a":1},{"b":2}]}"#;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(log).expect("in memory");
        let gzip = gzip.finish().expect("in memory");
        assert_eq!(read(log).expect("a log"), 2);
        assert_eq!(read(&gzip).expect("a log"), 2);
        assert_eq!(read(&[&gzip[..], &gzip[..]].concat()).expect("two members"), 4);
        assert!(matches!(read(&gzip[..gzip.len() - 9]), Err(ReadError::Io { .. })));
        assert_eq!(read(b"").expect("nothing"), 0);
    }
}
