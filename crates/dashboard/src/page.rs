use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_embed::Embed;

use crate::asset::{Asset, Lasting, digest};

#[derive(Embed)]
#[folder = "page"]
struct Files;

const INDEX: &str = "index.html";
/// What the chart library is called among the page's files.
const CHART_LIBRARY: &str = "chart.js";
/// All modules, and all style sheets, as build.rs put them together: a browser asks for one of each, not for sixty.
const JOINED: [(&str, &[u8]); 2] = [
    ("larder.js", include_bytes!(concat!(env!("OUT_DIR"), "/larder.js"))),
    ("larder.css", include_bytes!(concat!(env!("OUT_DIR"), "/larder.css"))),
];
/// What stands in index.html for the name of this version.
const VERSION: &str = "{version}";

/// The page's files as they are served.
pub struct Page {
    version: String,
    index: Asset,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

/// The page of this build.
#[must_use]
pub fn page() -> &'static Page {
    static PAGE: LazyLock<Page> = LazyLock::new(|| Page::new(include!(concat!(env!("OUT_DIR"), "/chart_library.rs"))));
    &PAGE
}

impl Page {
    /// `chart_library` is absent where npm has not installed it.
    fn new(chart_library: Option<&'static [u8]>) -> Self {
        let embedded = Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?.data)));
        let joined = JOINED.into_iter().chain(chart_library.map(|bytes| (CHART_LIBRARY, bytes)));
        let mut files: BTreeMap<_, _> = embedded.collect();
        files.extend(joined.map(|(name, bytes)| (name.to_owned(), bytes.into())));
        let version = digest(files.iter().map(|(name, bytes)| (name.as_str(), &**bytes)));
        let index = files.remove(INDEX).unwrap_or_default();
        let index = String::from_utf8_lossy(&index).replace(VERSION, &version);
        // What it names is there.
        let is_there = |line: &&str| chart_library.is_some() || !line.contains(CHART_LIBRARY);
        let index: String = index.split_inclusive('\n').filter(is_there).collect();
        Self { index: Asset::new(INDEX, index.into_bytes().into(), Lasting::UntilChanged), version, files }
    }

    /// The document, for `GET /`.
    #[must_use]
    pub fn index(&self) -> &Asset {
        &self.index
    }

    /// Whether there are charts, or tables only.
    #[must_use]
    pub fn has_charts(&self) -> bool {
        self.files.contains_key(CHART_LIBRARY)
    }

    /// The file at that path below `/assets/`: by its name, or by its name below the version, which is for ever.
    #[must_use]
    pub fn asset(&self, path: &str) -> Option<Asset> {
        let versioned = path.strip_prefix(&*self.version).and_then(|rest| rest.strip_prefix('/'));
        let (name, lasting) = versioned.map_or((path, Lasting::UntilChanged), |name| (name, Lasting::ForEver));
        Some(Asset::new(name, self.files.get(name)?.clone(), lasting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(asset: &Asset) -> String {
        String::from_utf8(asset.bytes.to_vec()).expect("UTF-8")
    }

    /// What index.html names, below `/assets/`.
    fn named(page: &Page) -> Vec<String> {
        let index = text(page.index());
        let after = index.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().expect("a name").to_owned());
        after.filter(|name| name != "config.json").collect()
    }

    #[test]
    fn whatever_the_page_names_is_there_for_ever() {
        let page = Page::new(Some(b"chart"));
        let named = named(&page);
        assert_eq!(named.len(), 4, "{named:?}");
        for name in named {
            let asset = page.asset(&name).unwrap_or_else(|| panic!("there is no {name}"));
            assert_eq!(asset.lasting, Lasting::ForEver, "{name}");
            assert_ne!(asset.content_type, "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn a_file_that_changes_changes_the_name_of_all() {
        let (one, other) = (Page::new(Some(b"one")), Page::new(Some(b"other")));
        assert_ne!(one.version, other.version);
        assert_ne!(one.index.etag, other.index.etag);
        let old = format!("{}/larder.js", one.version);
        assert!(one.asset(&old).is_some() && other.asset(&old).is_none(), "an old name stands for new content");
        assert_eq!(other.asset("larder.js").expect("by its name").lasting, Lasting::UntilChanged);
    }

    #[test]
    fn without_the_chart_library_nothing_asks_for_it() {
        let (with, without) = (Page::new(Some(b"chart")), Page::new(None));
        assert!(with.has_charts() && text(with.index()).contains("name=\"chart-library\""));
        assert!(!without.has_charts() && !text(without.index()).contains("name=\"chart-library\""));
        assert!(without.asset(CHART_LIBRARY).is_none());
    }

    #[test]
    fn no_file_holds_a_script_a_style_or_markup_that_a_policy_would_have_to_allow() {
        let page = Page::new(None);
        let index = text(page.index());
        let scripts = index.matches("<script").count();
        assert_eq!(scripts, index.matches("<script type=\"module\" src=\"").count(), "a script of the page's own");
        assert!(!index.contains("<style") && !index.contains(" style=") && !index.contains(" on"), "{index}");
        for (name, bytes) in &page.files {
            let source = std::str::from_utf8(bytes).expect("UTF-8");
            for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage"]
            {
                assert!(!source.contains(forbidden), "{name} has {forbidden}");
            }
        }
    }

    #[test]
    fn nothing_outside_of_the_page_is_served() {
        for path in ["", "/", "../Cargo.toml", "..", "/etc/passwd", "main.js/", "./main.js", "index.html"] {
            assert!(page().asset(path).is_none(), "{path}");
        }
    }
}
