//! `[[accounts]]` in the text of `larder.toml`. Whatever else the file says stays as it is, to the last comment.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use larder_app::AccountEntry;
use toml_edit::{ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, Value};

const ACCOUNTS: &str = "accounts";
const ID: &str = "account_id";

/// The text with that account: in the place of what it says of it, else behind its other accounts, else at its end.
pub(crate) fn with(text: &str, entry: &AccountEntry) -> Result<String, TomlError> {
    let mut document: DocumentMut = text.parse()?;
    if change(&mut document, entry).is_some() { Ok(document.to_string()) } else { appended(text, entry) }
}

/// The text without that account and the comment right above it; `None` where it says nothing of it.
pub(crate) fn without(text: &str, id: &str) -> Result<Option<String>, TomlError> {
    let document = Document::parse(text)?;
    if let Some(tables) = document.get(ACCOUNTS).and_then(Item::as_array_of_tables) {
        let place = tables.iter().find(|it| id_of(*it) == Some(id)).and_then(|table| lines_of(text, table));
        return Ok(place.map(|place| cut(text, place)));
    }
    let mut document: DocumentMut = text.parse()?;
    let Some(inline) = document.get_mut(ACCOUNTS).and_then(Item::as_array_mut) else { return Ok(None) };
    let is_it = |value: &Value| value.as_inline_table().and_then(|it| id_of(it)) == Some(id);
    let Some(place) = inline.iter().position(is_it) else { return Ok(None) };
    inline.remove(place);
    Ok(Some(document.to_string()))
}

/// Puts a text in the place of a file in one step: whoever is killed in the middle leaves the old or the new one. A link
/// stays one, and so do the file's permissions.
///
/// # Errors
/// The system's; also for a file that may be replaced but not written.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    check_writable(&target)?;
    let name = target.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let beside = target.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let replaced = write(&beside, &target, text).and_then(|()| fs::rename(&beside, &target));
    if replaced.is_err() {
        // What was written in vain; it may not even be there.
        let _ = fs::remove_file(&beside);
    }
    replaced
}

/// The folder alone decides what may be replaced, but who made a file read-only meant it.
fn check_writable(target: &Path) -> io::Result<()> {
    match File::options().write(true).open(target) {
        // The system lets an administrator write whatever the file says.
        Ok(file) if file.metadata()?.permissions().readonly() => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn write(beside: &Path, target: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(beside)?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes it where it stands, or into the list where that is one of inline tables.
fn change(document: &mut DocumentMut, entry: &AccountEntry) -> Option<()> {
    match document.get_mut(ACCOUNTS)? {
        Item::ArrayOfTables(tables) => {
            let known = tables.iter_mut().find(|it| is_of(*it, entry))?;
            fill(known, entry);
        }
        item => {
            let inline = item.as_array_mut()?;
            if let Some(known) = inline.iter_mut().filter_map(Value::as_inline_table_mut).find(|it| is_of(*it, entry)) {
                fill(known, entry);
                return Some(());
            }
            let mut table = InlineTable::new();
            fill(&mut table, entry);
            inline.push(table);
        }
    }
    Some(())
}

/// Behind the last account, or at the end.
fn appended(text: &str, entry: &AccountEntry) -> Result<String, TomlError> {
    let mut table = Table::new();
    fill(&mut table, entry);
    let mut tables = ArrayOfTables::new();
    tables.push(table);
    let mut alone = DocumentMut::new();
    alone.insert(ACCOUNTS, Item::ArrayOfTables(tables));
    let document = Document::parse(text)?;
    let others = document.get(ACCOUNTS).and_then(Item::as_array_of_tables).into_iter().flatten();
    let end = others.filter_map(|table| lines_of(text, table)).map(|lines| lines.end).max();
    let (before, after) = text.split_at(end.unwrap_or(text.len()));
    let line_break = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let empty_line = if before.is_empty() { "" } else { "\n" };
    Ok(format!("{before}{line_break}{empty_line}{alone}{after}"))
}

/// From the line of the table's header to that of its last value.
fn lines_of(text: &str, table: &Table) -> Option<Range<usize>> {
    let header = table.span()?;
    let values = table.iter().filter_map(|(_, item)| item.span()).map(|span| span.end);
    let end = values.chain([header.end]).max()?;
    let start = text[..header.start].rfind('\n').map_or(0, |at| at + 1);
    Some(start..text[end..].find('\n').map_or(text.len(), |at| end + at + 1))
}

/// Without those lines, the comment that stands right above them, and one empty line before that.
fn cut(text: &str, lines: Range<usize>) -> String {
    let mut start = lines.start;
    let line_before = |at: usize| text[..at].strip_suffix('\n').map(|above| above.rfind('\n').map_or(0, |at| at + 1));
    while let Some(above) = line_before(start).filter(|above| text[*above..start].trim_start().starts_with('#')) {
        start = above;
    }
    if let Some(above) = line_before(start).filter(|above| text[*above..start].trim().is_empty()) {
        start = above;
    }
    format!("{}{}", &text[..start], &text[lines.end..])
}

fn is_of(table: &dyn TableLike, entry: &AccountEntry) -> bool {
    id_of(table) == Some(&entry.account_id)
}

fn id_of(table: &dyn TableLike) -> Option<&str> {
    table.get(ID)?.as_str()
}

fn fill(table: &mut dyn TableLike, entry: &AccountEntry) {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let regions = (!entry.regions.is_empty()).then(|| Value::from_iter(&entry.regions));
    let members = [
        (ID, Some(Value::from(&entry.account_id))),
        ("name", text(&entry.name)),
        ("role_arn", text(&entry.role_arn)),
        ("external_id", text(&entry.external_id)),
        ("regions", regions),
    ];
    for (key, value) in members {
        let Some(mut value) = value else {
            table.remove(key);
            continue;
        };
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                table.insert(key, Item::Value(value));
            }
        }
    }
}

#[cfg(test)]
mod tests;
