use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use rust_embed::Embed;

use crate::asset::{Asset, Lasting, digest};

#[derive(Embed)]
#[folder = "page"]
struct Files;

const INDEX: &str = "index.html";
/// What the chart library is called among the page's files.
const CHART_LIBRARY: &str = "chart.js";
/// Where in index.html the files are named that it takes: a comment, so that the file itself is whole HTML.
const HEAD: &str = "<!-- files -->";

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
        let mut files: BTreeMap<_, _> = embedded.collect();
        files.extend(chart_library.map(|bytes| (CHART_LIBRARY.to_owned(), bytes.into())));
        let version = digest(files.iter().map(|(name, bytes)| (name.as_str(), &**bytes)));
        let index = files.remove(INDEX).unwrap_or_default();
        let index = String::from_utf8_lossy(&index).replace(HEAD, &head(&version, files.keys()));
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

/// The lines of the head that name the files: all modules are fetched at once, since one would otherwise be asked for only
/// when the one that imports it has been read.
fn head<'a>(version: &str, names: impl Iterator<Item = &'a String>) -> String {
    // What is seen first comes first.
    let (styles, others): (Vec<_>, Vec<_>) = names.partition(|name| name.ends_with(".css"));
    let mut head = String::new();
    for name in styles.into_iter().chain(others) {
        let path = format!("/assets/{version}/{name}");
        let _ = match (name.as_str(), name.rsplit_once('.')) {
            // The page takes it when the figures are there.
            (CHART_LIBRARY, _) => writeln!(head, "<meta name=\"chart-library\" content=\"{path}\">"),
            ("main.js", _) => writeln!(head, "<script type=\"module\" src=\"{path}\"></script>"),
            (_, Some((_, "js"))) => writeln!(head, "<link rel=\"modulepreload\" href=\"{path}\">"),
            (_, Some((_, "css"))) => writeln!(head, "<link rel=\"stylesheet\" href=\"{path}\">"),
            (_, Some((_, "svg"))) => writeln!(head, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"{path}\">"),
            _ => Ok(()),
        };
    }
    head
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
        assert!(named.len() > 10, "{named:?}");
        for name in named {
            let asset = page.asset(&name).unwrap_or_else(|| panic!("there is no {name}"));
            assert_eq!(asset.lasting, Lasting::ForEver, "{name}");
            assert_ne!(asset.content_type, "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn every_module_that_is_imported_is_there_and_fetched_at_once() {
        let page = Page::new(None);
        let index = text(page.index());
        for (name, bytes) in page.files.iter().filter(|(name, _)| name.ends_with(".js")) {
            let source = std::str::from_utf8(bytes).expect("UTF-8");
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            for imported in source.split(" from \"").skip(1).map(|rest| rest.split('"').next().expect("a path")) {
                let path = match imported.strip_prefix("./") {
                    Some(path) if folder.is_empty() => path.to_owned(),
                    Some(path) => format!("{folder}/{path}"),
                    None => imported.strip_prefix("../").unwrap_or_else(|| panic!("{name}: {imported}")).to_owned(),
                };
                assert!(page.files.contains_key(&path), "{name} imports {imported}");
                assert!(index.contains(&format!("/{path}\"")), "{path} is not fetched at once");
            }
        }
    }

    #[test]
    fn a_file_that_changes_changes_the_name_of_all() {
        let (one, other) = (Page::new(Some(b"one")), Page::new(Some(b"other")));
        assert_ne!(one.version, other.version);
        assert_ne!(one.index.etag, other.index.etag);
        let old = format!("{}/main.js", one.version);
        assert!(one.asset(&old).is_some() && other.asset(&old).is_none(), "an old name stands for new content");
        assert_eq!(other.asset("main.js").expect("by its name").lasting, Lasting::UntilChanged);
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
