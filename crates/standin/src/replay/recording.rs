use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// An answer of AWS as it was recorded.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Recording {
    /// The file that it comes from, in the repository that it was collected from.
    pub source: String,
    /// The HTTP status.
    #[serde(rename = "status_code")]
    pub status: u16,
    /// The members by the names of the service's model, or `Error` with `Code` and `Message`.
    pub data: Value,
}

/// The recordings of a folder by operation, as an IAM action: a file `ec2.DescribeSubnets.jsonl.gz` holds one a line.
pub(super) fn load(folder: &Path) -> io::Result<BTreeMap<String, Vec<Recording>>> {
    let mut recordings = BTreeMap::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".jsonl.gz"));
        if let Some((service, operation)) = name.and_then(|name| name.split_once('.')) {
            recordings.insert(format!("{service}:{operation}"), lines(&path)?);
        }
    }
    Ok(recordings)
}

fn lines(path: &Path) -> io::Result<Vec<Recording>> {
    let lines = BufReader::new(GzDecoder::new(File::open(path)?)).lines();
    let recordings = lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect::<io::Result<Vec<_>>>()?;
    if recordings.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} holds no recording", path.display())));
    }
    Ok(recordings)
}
