//! Puts the page's style sheets and its modules together, and takes the chart library in if npm has installed it: building
//! needs no Node.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "build/joined.rs"]
mod joined;

/// Where npm puts what package.json asks for.
const CHART_LIBRARY: &str = "node_modules/chart.js/dist/chart.umd.min.js";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    // A file that is new there would not be noticed by what embeds the folder.
    println!("cargo:rerun-if-changed=page");
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo says where to write"));
    let write = |name, text: String| fs::write(out.join(name), text).expect("cargo's folder can be written to");

    let page = texts_in(&folder.join("page")).expect("the page's folder can be read");
    let modules = joined::joined(&page, "main.js").unwrap_or_else(|error| panic!("page/{error}"));
    write("larder.js", modules);
    // By their names, since later rules go before earlier ones.
    write(
        "larder.css",
        page.iter().filter(|(name, _)| name.ends_with(".css")).map(|(_, text)| text.as_str()).collect(),
    );
    // An expression for the bytes of the chart library. They are copied, since checkouts that share a target folder share
    // what is made here, and one of them may be gone.
    let library = folder.join(CHART_LIBRARY);
    if library.is_file() {
        println!("cargo:rerun-if-changed={CHART_LIBRARY}");
        fs::copy(library, out.join("chart.js")).expect("cargo's folder can be written to");
        write("chart_library.rs", r#"Some(include_bytes!(concat!(env!("OUT_DIR"), "/chart.js")))"#.to_owned());
    } else {
        // Anything that appears in this folder may be it.
        println!("cargo:rerun-if-changed=.");
        write("chart_library.rs", "None".to_owned());
    }
}

/// The files of the folder and of those in it, by their paths below it.
fn texts_in(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| io::Error::other(format!("{}", name.display())))?;
        if entry.file_type()?.is_dir() {
            let below = texts_in(&entry.path())?;
            texts.extend(below.into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            texts.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(texts)
}
