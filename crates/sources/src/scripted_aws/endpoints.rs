use serde_json::Value;

/// botocore's own list of which service is in which region, as it lies beside moto.
pub(crate) fn endpoints() -> Value {
    let path = larder_tests::counterparts_dir().join("moto/botocore/data/endpoints.json");
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).expect("JSON")
}
