//! Takes the chart library in if npm has installed it, and leaves it out if not: building needs no Node.

use std::path::Path;
use std::{env, fs};

/// Where npm puts what package.json asks for.
const CHART_LIBRARY: &str = "node_modules/chart.js/dist/chart.umd.min.js";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A file that is new there would not be noticed by what embeds the folder.
    println!("cargo:rerun-if-changed=page");
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let library = Path::new(&folder).join(CHART_LIBRARY);
    let expression = if library.is_file() {
        println!("cargo:rerun-if-changed={CHART_LIBRARY}");
        format!("Some(include_bytes!({library:?}))")
    } else {
        // Anything that appears in this folder may be it.
        println!("cargo:rerun-if-changed=.");
        "None".to_owned()
    };
    let out = env::var("OUT_DIR").expect("cargo says where to write");
    fs::write(Path::new(&out).join("chart_library.rs"), expression).expect("cargo's folder can be written to");
}
