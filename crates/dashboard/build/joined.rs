//! Puts ES modules together as one, which a browser asks for once.

use std::collections::{BTreeMap, BTreeSet};

/// The module `main` of these (by their names, such as `showing/words.js`) and all that it imports, as one module.
///
/// What a module keeps to itself stays its own, and each is run once, before whoever imports it. It is written as modules
/// are written here: on lines of their own, `import { one, other as another } from "./path.js";` and `export` before a
/// function, a class or a constant. Anything else of the kind is an error, which says where it stands.
pub(crate) fn joined(modules: &BTreeMap<String, String>, main: &str) -> Result<String, String> {
    let mut joining = Joining { modules, exported: BTreeMap::new(), importing: Vec::new(), text: String::new() };
    joining.add(main)?;
    Ok(joining.text)
}

struct Joining<'a> {
    modules: &'a BTreeMap<String, String>,
    /// What each module exports that is in the text already.
    exported: BTreeMap<String, BTreeSet<String>>,
    /// Those whose imports are being added.
    importing: Vec<String>,
    text: String,
}

/// A module without its imports and exports.
#[derive(Default)]
struct Module {
    body: String,
    exported: BTreeSet<String>,
}

impl Joining<'_> {
    fn add(&mut self, name: &str) -> Result<(), String> {
        if self.exported.contains_key(name) {
            return Ok(());
        }
        let source = self.modules.get(name).ok_or_else(|| format!("there is no {name}"))?;
        if self.importing.iter().any(|importing| importing == name) {
            return Err(format!("{} import each other", self.importing.join(" and ")));
        }
        self.importing.push(name.to_owned());
        let mut module = Module::default();
        for (index, line) in source.lines().enumerate() {
            let line = self.line(name, line, &mut module.exported);
            module.body += &line.map_err(|error| format!("{name}:{}: {error}", index + 1))?;
            module.body.push('\n');
        }
        self.importing.pop();
        self.text += &if self.importing.is_empty() {
            format!("// {name}\n{}", module.body)
        } else {
            let exported: Vec<_> = module.exported.iter().map(String::as_str).collect();
            let (variable, exported) = (variable(name), exported.join(", "));
            format!("// {name}\nconst {variable} = (() => {{\n{}return {{ {exported} }};\n}})();\n", module.body)
        };
        self.exported.insert(name.to_owned(), module.exported);
        Ok(())
    }

    /// The line as it stands in the joined module.
    fn line(&mut self, name: &str, line: &str, exported: &mut BTreeSet<String>) -> Result<String, String> {
        if let Some(import) = line.strip_prefix("import ") {
            return self.import(name, import);
        }
        if let Some(declaration) = line.strip_prefix("export ") {
            let name = declared(declaration).ok_or("only a function, a class or a constant can be exported")?;
            exported.insert(name.to_owned());
            return Ok(declaration.to_owned());
        }
        if ["import(", "import.", "import{", "import\"", "export{"].iter().any(|asked| line.contains(asked)) {
            return Err("an import or export that can't be joined".to_owned());
        }
        Ok(line.to_owned())
    }

    fn import(&mut self, name: &str, import: &str) -> Result<String, String> {
        let parts = import.strip_prefix("{ ").and_then(|rest| rest.strip_suffix("\";")?.split_once(" } from \""));
        let (names, path) = parts.ok_or("not `import { names } from \"./path.js\";`")?;
        let module = resolved(name, path)?;
        self.add(&module)?;
        let exported = &self.exported[&module];
        let mut taken = Vec::new();
        for one in names.split(", ") {
            let (theirs, ours) = one.split_once(" as ").unwrap_or((one, one));
            if !exported.contains(theirs) {
                return Err(format!("{path} exports no {theirs}"));
            }
            taken.push(if theirs == ours { ours.to_owned() } else { format!("{theirs}: {ours}") });
        }
        Ok(format!("const {{ {} }} = {};", taken.join(", "), variable(&module)))
    }
}

/// What a declaration declares.
fn declared(declaration: &str) -> Option<&str> {
    let declaration = declaration.strip_prefix("async ").unwrap_or(declaration);
    let name = ["function ", "class ", "const "].iter().find_map(|kind| declaration.strip_prefix(kind))?;
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '$')?;
    (end > 0).then(|| &name[..end])
}

/// The name of the module that `importer` calls `path`.
fn resolved(importer: &str, path: &str) -> Result<String, String> {
    let mut folders: Vec<_> = importer.split('/').collect();
    folders.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => _ = folders.pop().ok_or_else(|| format!("{path} is outside of the page"))?,
            part => folders.push(part),
        }
    }
    Ok(folders.join("/"))
}

/// What is called in the joined module whatever a module exports.
fn variable(name: &str) -> String {
    format!("${}", name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(modules: &[(&str, &str)]) -> Result<String, String> {
        joined(&modules.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(), "main.js")
    }

    #[test]
    fn what_is_imported_comes_once_and_before_who_imports_it() {
        let joined = of(&[
            (
                "main.js",
                "import { one as first } from \"./a/one.js\";\nimport { two } from \"./a/two.js\";\nfirst(two);\n",
            ),
            ("a/one.js", "import { two } from \"./two.js\";\nexport async function one() {\n  return two;\n}\n"),
            ("a/two.js", "const own = 1;\nexport const two = own, three = 3;\n"),
            ("a/unused.js", "unused();\n"),
        ]);
        let two = "// a/two.js\nconst $a_two_js = (() => {\nconst own = 1;\nconst two = own, three = 3;\nreturn { two };\n})();\n";
        let one = "// a/one.js\nconst $a_one_js = (() => {\nconst { two } = $a_two_js;\nasync function one() {\n  return two;\n}\nreturn { one };\n})();\n";
        let main = "// main.js\nconst { one: first } = $a_one_js;\nconst { two } = $a_two_js;\nfirst(two);\n";
        assert_eq!(joined, Ok(format!("{two}{one}{main}")));
    }

    #[test]
    fn what_cannot_be_joined_is_named_with_its_place() {
        for (source, error) in [
            ("import one from \"./one.js\";", "main.js:1: not `import { names } from \"./path.js\";`"),
            ("\nimport { one } from './one.js';", "main.js:2: not `import { names } from \"./path.js\";`"),
            ("import { two } from \"./one.js\";", "main.js:1: ./one.js exports no two"),
            ("import { one } from \"./two.js\";", "main.js:1: there is no two.js"),
            ("import { one } from \"../one.js\";", "main.js:1: ../one.js is outside of the page"),
            ("import { back } from \"./back.js\";", "main.js:1: back.js:1: main.js and back.js import each other"),
            ("export let changing = 1;", "main.js:1: only a function, a class or a constant can be exported"),
            ("export default one;", "main.js:1: only a function, a class or a constant can be exported"),
            ("const one = await import(\"./one.js\");", "main.js:1: an import or export that can't be joined"),
        ] {
            let one = ("one.js", "export function one() {}");
            let back = ("back.js", "import { one } from \"./main.js\";");
            assert_eq!(of(&[("main.js", source), one, back]), Err(error.to_owned()), "{source}");
        }
    }
}
