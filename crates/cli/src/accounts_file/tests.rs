use super::*;

const FILE: &str = "\
# What the team set.
log_level = \"warn\" # not more

# Where the servers are.

# Ask Ann before touching it.
[[accounts]]
account_id = '111111111111' # ours
role_arn = \"arn:aws:iam::111111111111:role/x\"

# Only for tests.
[[accounts]]
account_id = \"222222222222\"
name = \"tests\"
regions = [
  \"us-east-1\", # the first
]
[cache]
disabled = false
# The end.
";

fn entry(id: &str, name: &str) -> AccountEntry {
    AccountEntry { account_id: id.to_owned(), name: Some(name.to_owned()), ..AccountEntry::default() }
}

/// The lines of `after` that `before` has not, and the other way round.
fn difference<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let only = |one: &'a str, other: &str| one.lines().filter(|line| !other.lines().any(|it| it == *line)).collect();
    (only(after, before), only(before, after))
}

#[test]
fn a_new_account_stands_behind_the_others_and_all_else_stays() {
    let text = with(FILE, &entry("333333333333", "new")).expect("TOML");
    let block = "]\n\n[[accounts]]\naccount_id = \"333333333333\"\nname = \"new\"\n[cache]\n";
    assert!(text.contains(block), "{text}");
    assert_eq!(text.replace("\n[[accounts]]\naccount_id = \"333333333333\"\nname = \"new\"\n", ""), FILE);
}

#[test]
fn the_first_account_stands_at_the_end() {
    for (file, before) in [
        ("", ""),
        ("listen = \"127.0.0.1:1\"", "listen = \"127.0.0.1:1\"\n\n"),
        ("# only a comment\n", "# only a comment\n\n"),
        ("[cache]\ndisabled = true\n", "[cache]\ndisabled = true\n\n"),
    ] {
        let text = with(file, &entry("333333333333", "new")).expect("TOML");
        assert_eq!(text, format!("{before}[[accounts]]\naccount_id = \"333333333333\"\nname = \"new\"\n"));
    }
}

#[test]
fn an_account_is_replaced_where_it_stands() {
    let text = with(FILE, &entry("111111111111", "first")).expect("TOML");
    let (new, gone) = difference(FILE, &text);
    assert_eq!(new, ["account_id = \"111111111111\" # ours", "name = \"first\""]);
    assert_eq!(gone, ["account_id = '111111111111' # ours", "role_arn = \"arn:aws:iam::111111111111:role/x\""]);
}

#[test]
fn an_account_goes_with_its_own_comment_and_no_other() {
    let text = without(FILE, "111111111111").expect("TOML").expect("it was there");
    let (new, gone) = difference(FILE, &text);
    assert_eq!(new, [] as [&str; 0]);
    let its = ["account_id = '111111111111' # ours", "role_arn = \"arn:aws:iam::111111111111:role/x\""];
    assert_eq!(gone, [&["# Ask Ann before touching it."], &its[..]].concat());
    let text = without(&text, "222222222222").expect("TOML").expect("it was there");
    assert_eq!(
        text,
        "# What the team set.\nlog_level = \"warn\" # not more\n\n# Where the servers are.\n[cache]\ndisabled = false\n# The end.\n"
    );
    assert_eq!(without(&text, "222222222222").expect("TOML"), None);
    assert_eq!(without(FILE, "999999999999").expect("TOML"), None);
}

#[test]
fn inline_accounts_stay_inline() {
    let file = "accounts = [{ account_id = \"111111111111\" }] # few\nlisten = \"127.0.0.1:1\"\n";
    let more = with(file, &entry("333333333333", "new")).expect("TOML");
    assert!(
        more.starts_with("accounts = [{ account_id = \"111111111111\" }, { account_id = \"333333333333\", "),
        "{more}"
    );
    assert!(more.contains("] # few\nlisten"), "{more}");
    let renamed = with(&more, &entry("111111111111", "first")).expect("TOML");
    assert!(renamed.contains("name = \"first\" }, { account_id = \"333333333333\""), "{renamed}");
    let less = without(&more, "333333333333").expect("TOML").expect("it was there");
    assert_eq!(less, file);
}

#[test]
fn what_was_put_in_is_gone_when_it_is_taken_out() {
    for file in [FILE, "", "# only a comment\n", "[cache]\ndisabled = true\n"] {
        let text = with(file, &entry("333333333333", "new")).expect("TOML");
        assert_eq!(without(&text, "333333333333").expect("TOML").as_deref(), Some(file));
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_in_one_step_and_keeps_its_link_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("real.toml"), folder.path().join("larder.toml"));
    fs::write(&file, "old").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
    symlink(&file, &link).expect("linked");
    // Whoever has it open goes on reading the old one.
    let mut reader = File::open(&file).expect("opened");
    replace(&link, "new").expect("replaced");
    let mut read = String::new();
    io::Read::read_to_string(&mut reader, &mut read).expect("read");
    assert_eq!((read.as_str(), fs::read_to_string(&file).expect("read").as_str()), ("old", "new"));
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
    let names = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(names, 2, "nothing is left beside it");
}

#[test]
fn what_can_not_be_written_leaves_the_old_file_and_nothing_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_the_way = folder.path().join("larder.toml");
    fs::create_dir(&in_the_way).expect("a folder");
    replace(&in_the_way, "new").expect_err("a folder is no file");
    assert!(in_the_way.is_dir());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_read_only_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("larder.toml");
    fs::write(&file, "old").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("set");
    let refused = replace(&file, "new").expect_err("who made it so meant it");
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    assert_eq!(fs::read_to_string(&file).expect("read"), "old");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}
