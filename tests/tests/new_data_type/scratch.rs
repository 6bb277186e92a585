//! A copy of the checkout that something is added to, built beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use larder_tests::{Program, project};

/// A copy at the same place in every run, so that only what changed is compiled again, and nothing piles up.
pub(crate) struct Scratch {
    folder: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
    added: Vec<String>,
    /// The build folder of the running test, and the folder in it of its profile.
    build: PathBuf,
    profile: String,
    /// Checkouts may share a build folder.
    _turn: File,
}

impl Scratch {
    /// The checkout as it lies there, committed or not. The copy has a version of its own: what is compiled of it goes
    /// into the same build folder as what is compiled of the checkout, and must never be taken for that.
    pub(crate) fn copy() -> Self {
        let test = std::env::current_exe().expect("a test has a path");
        let of_profile = test.ancestors().find(|folder| folder.join("deps").is_dir()).expect("cargo built it");
        let profile = of_profile.file_name().expect("a name").to_str().expect("a text").to_owned();
        let build = of_profile.parent().expect("profiles have a folder").to_owned();
        let folder = build.join("tmp/new-data-type");
        fs::create_dir_all(&folder).expect("the folder is made");
        let turn = File::create(folder.with_extension("lock")).expect("the lock is made");
        turn.lock().expect("whoever has it finishes");
        let mut scratch = Self { folder, files: checkout(), added: Vec::new(), build, profile, _turn: turn };
        scratch.edit("Cargo.toml", "\nversion = \"", "\nversion = \"0.0.0-scratch.");
        scratch
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, file: &str, content: &str) {
        let before = self.files.insert(file.into(), content.into());
        assert!(before.is_none(), "{file} is there already");
        self.added.push(file.to_owned());
    }

    /// Adds a line before one that is there.
    pub(crate) fn add_line(&mut self, file: &str, line: &str, before: &str) {
        self.edit(file, &format!("\n{before}\n"), &format!("\n{line}\n{before}\n"));
    }

    fn edit(&mut self, file: &str, text: &str, by: &str) {
        let content = self.files.get_mut(Path::new(file)).unwrap_or_else(|| panic!("there is no {file}"));
        let old = String::from_utf8_lossy(content).into_owned();
        assert!(old.contains(text), "{file} has no {text:?}");
        *content = old.replacen(text, by, 1).into();
    }

    /// Compiles the program and gives its path. Dependencies are those that were compiled for the checkout; the program
    /// goes into a folder of the copy.
    pub(crate) async fn build(&self, program: &str) -> PathBuf {
        self.write();
        let of_checkout = self.compiled_without_additions();
        let target = self.folder.join("target");
        let profile = self.profile.replace("debug", "dev");
        let cargo = std::env::var("CARGO").expect("cargo runs the tests");
        let (folder, into) =
            (text(&self.folder), [("CARGO_TARGET_DIR", &target), ("CARGO_BUILD_BUILD_DIR", &self.build)]);
        let env: Vec<_> = std::env::vars().chain(into.map(|(name, path)| (name.to_owned(), text(path)))).collect();
        let env: Vec<_> = env.iter().map(|(name, value)| (&**name, &**value)).collect();
        // The whole workspace, so that features are what they are in the checkout.
        let args = ["build", "--offline", "--workspace", "--bin", program, "--profile", &profile];
        let built = Program::start_under(&["env", "-C", &folder], &cargo, &args, &env).expect("cargo starts");
        let built = built.finish_at_length().await.expect("it ends");
        let said = built.stderr;
        assert!(built.status.success(), "{said}");
        assert!(!said.contains("Compiling aws-"), "a dependency was compiled anew: {said}");
        let after = self.compiled_without_additions();
        assert!(of_checkout.is_subset(&after), "what is compiled of the checkout was compiled of the copy instead");
        target.join(&self.profile).join(program)
    }

    /// The dependency lists, in the build folder, of whatever of ours was compiled without the files that were added.
    fn compiled_without_additions(&self) -> BTreeSet<PathBuf> {
        let lists = fs::read_dir(self.build.join(&self.profile).join("deps")).expect("the test was built there");
        let lists = lists.map(|entry| entry.expect("an entry").path()).filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            name.starts_with("larder") && name.ends_with(".d")
        });
        let without = lists.filter(|path| {
            let list = fs::read_to_string(path).unwrap_or_default();
            self.added.iter().all(|file| !list.contains(file))
        });
        without.collect()
    }

    /// Writes what differs, and nothing else: cargo compiles again what was written after it compiled.
    fn write(&self) {
        for file in written(&self.folder, Path::new("")) {
            if !self.files.contains_key(&file) {
                fs::remove_file(self.folder.join(file)).expect("it is removed");
            }
        }
        for (file, content) in &self.files {
            let path = self.folder.join(file);
            if fs::read(&path).is_ok_and(|there| there == *content) {
                continue;
            }
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
            fs::write(path, content).expect("it is written");
        }
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("paths are UTF-8").to_owned()
}

/// The files that git knows or would take.
fn checkout() -> BTreeMap<PathBuf, Vec<u8>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(list).current_dir(project()).output().expect("git runs");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let names = names.split_terminator('\0').map(PathBuf::from);
    // One that was deleted is still known.
    names.filter_map(|name| Some((name.clone(), fs::read(project().join(name)).ok()?))).collect()
}

/// The files of an earlier copy, without what was built of it.
fn written(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = folder.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true if path == Path::new("target") => {}
            true => files.extend(written(root, &path)),
            false => files.push(path),
        }
    }
    files
}
