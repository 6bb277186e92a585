use flate2::read::GzDecoder;
use serde_json::Value;

/// A gzipped JSON file of the recorded answers and service models; `None` where a test that needs it is skipped.
pub(crate) fn real_data(file: &str) -> Option<Value> {
    let path = larder_tests::real_data()?.join(file);
    let file = std::fs::File::open(path).expect("the recorded data is there as a whole");
    Some(serde_json::from_reader(GzDecoder::new(file)).expect("gzipped JSON"))
}
