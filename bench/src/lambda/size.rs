use std::fs::File;
use std::io;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use larder_tests::Program;

use super::deployment::QUERY_HANDLER;
use super::function::BARE;
use crate::arguments::Effort;
use crate::figure::Figure;
use crate::row::Row;

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    // A debug build is fifty times as large.
    let level = if effort.is_quick() { Compression::fast() } else { Compression::default() };
    let [larder, bare] = [zipped(QUERY_HANDLER, level)?, zipped(BARE, level)?];
    Ok(vec![Row::new("", larder, "a bare lambda_http function", bare)])
}

/// The bytes of a program, deflated.
fn zipped(name: &str, level: Compression) -> anyhow::Result<Figure> {
    let mut encoder = DeflateEncoder::new(io::sink(), level);
    io::copy(&mut File::open(Program::path(name)?)?, &mut encoder)?;
    encoder.try_finish()?;
    Ok(Figure::Bytes(encoder.total_out() as f64))
}
