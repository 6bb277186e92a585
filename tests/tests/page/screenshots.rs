use std::path::PathBuf;

use crate::demo::Demo;

/// Those of the README.
const SCREENSHOTS: [&str; 2] = ["page.png", "dark.png"];
/// The largest that a reader of the README has to load.
const LARGEST: usize = 200_000;

fn folder() -> PathBuf {
    larder_tests::project().join("crates/dashboard/screenshots")
}

#[tokio::test]
async fn the_screenshots_can_be_taken_anew() {
    let scratch = tempfile::tempdir().expect("a folder");
    let update = std::env::var_os("LARDER_UPDATE_SCREENSHOTS").is_some();
    let folder = if update { folder() } else { scratch.path().to_owned() };
    let demo = Demo::start(&[]).await;
    demo.passes(&["screenshots"], &[("LARDER_SCREENSHOTS", &folder.display().to_string())]).await;
    for name in SCREENSHOTS {
        let image = std::fs::read(folder.join(name)).expect("it was taken");
        assert!(image.starts_with(b"\x89PNG") && image.len() <= LARGEST, "{name}: {} bytes", image.len());
    }
}

#[test]
fn the_readme_shows_what_is_there() {
    let readme = std::fs::read_to_string(larder_tests::project().join("README.md")).expect("there is a README");
    for name in SCREENSHOTS {
        assert!(readme.contains(&format!("(crates/dashboard/screenshots/{name})")), "{name} is not in the README");
        let image = std::fs::read(folder().join(name)).expect("it is there");
        assert!(image.starts_with(b"\x89PNG") && image.len() <= LARGEST, "{name}: {} bytes", image.len());
    }
}
