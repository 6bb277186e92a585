//! Which room may depend on which: arrows point from the entry points to the cache, never back. Held over
//! `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What a room of ours may depend on in code that ships. A room that is not in the table may depend on nothing of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("larder-cache", &[]),
    ("larder-sources", &[]),
    ("larder-runtime", &[]),
    ("larder-history", &[]),
    ("larder-dashboard", &[]),
    ("larder-standin", &[]),
    ("larder-app", &["larder-sources", "larder-runtime", "larder-history", "larder-cache", "larder-dashboard"]),
    ("larder-lambdas", &["larder-app"]),
    ("larder-cli", &["larder-app", "larder-standin"]),
    ("larder-tests", &[]),
    ("larder-bench", &["larder-app", "larder-cache", "larder-history", "larder-standin", "larder-tests"]),
];

/// What tests may use besides: these two know no room, and so make no circle.
const FOR_TESTS: &[&str] = &["larder-standin", "larder-tests"];

/// What of others' a room must not depend on, in code that ships: names, or beginnings of names that end in `*`.
/// The names after that are the exceptions.
const FOREIGN: &[(&str, &[&str], &[&str])] = &[
    ("larder-cache", &["aws-sdk-*", "aws-config", "lambda_*", "clap", "axum"], &["aws-sdk-dynamodb"]),
    ("larder-sources", &["lambda_*", "clap", "axum"], &[]),
    ("larder-runtime", &["aws-*", "lambda_*", "clap", "axum", "tokio"], &[]),
    ("larder-history", &["aws-*", "lambda_*", "clap", "axum"], &[]),
    ("larder-dashboard", &["aws-*", "lambda_*", "clap", "tokio", "sqlx"], &[]),
    ("larder-app", &["lambda_*", "clap", "clap_*"], &[]),
    ("larder-cli", &["lambda_*"], &[]),
    ("larder-lambdas", &["clap", "clap_*"], &[]),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    Ships,
    Optional,
    TestsOnly,
}

/// One line of one Cargo.toml.
#[derive(Clone, Debug)]
struct Edge {
    from: String,
    to: String,
    used: Use,
}

/// Why an edge is forbidden; `None` if it is not.
fn fault(edge: &Edge) -> Option<String> {
    let Edge { from, to, used } = edge;
    if to.starts_with("larder-") {
        let arrows = ARROWS.iter().find(|(room, _)| room == from).map_or(&[][..], |(_, arrows)| arrows);
        // Suites across crates may use every room; a room's own tests only what they run against.
        let in_tests = *used == Use::TestsOnly && (from == "larder-tests" || FOR_TESTS.contains(&to.as_str()));
        if !in_tests && !arrows.contains(&to.as_str()) {
            return Some(format!("{from} must not depend on {to}"));
        }
        if from == "larder-cli" && to == "larder-standin" && *used == Use::Ships {
            return Some(format!("{from} may depend on {to} only as a feature"));
        }
        return None;
    }
    let (_, forbidden, but) = FOREIGN.iter().find(|(room, ..)| room == from)?;
    let forbidden = *used != Use::TestsOnly && matches(to, forbidden) && !matches(to, but);
    forbidden.then(|| format!("{from} must not depend on {to}"))
}

fn matches(name: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == *pattern,
    })
}

/// Every line of every member's Cargo.toml.
fn edges() -> Vec<Edge> {
    let manifest = larder_tests::project().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
    let edges = metadata.packages.iter().flat_map(|package| {
        package.dependencies.iter().map(|dependency| Edge {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            used: match dependency.kind {
                DependencyKind::Development => Use::TestsOnly,
                _ if dependency.optional => Use::Optional,
                _ => Use::Ships,
            },
        })
    });
    edges.collect()
}

#[test]
fn no_arrow_points_the_wrong_way() {
    let edges = edges();
    assert!(edges.iter().any(|edge| edge.from == "larder-app" && edge.to == "larder-cache"), "cargo metadata was read");
    let faults: Vec<_> = edges.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_member_has_a_row_and_every_row_a_member() {
    let manifest = larder_tests::project().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
    let members: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let rows: BTreeSet<_> = ARROWS.iter().map(|(room, _)| *room).collect();
    assert_eq!(rows, members);
    let strangers: Vec<_> = FOREIGN.iter().map(|(room, ..)| *room).filter(|room| !members.contains(room)).collect();
    assert_eq!(strangers, [] as [&str; 0]);
}

#[test]
fn the_table_itself_has_no_circle() {
    let table: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut placed = BTreeSet::new();
    while placed.len() < table.len() {
        let free: Vec<_> = table
            .iter()
            .filter(|(room, arrows)| !placed.contains(*room) && arrows.iter().all(|to| placed.contains(to)))
            .map(|(room, _)| *room)
            .collect();
        assert!(!free.is_empty(), "a circle among {:?}", table.keys().filter(|room| !placed.contains(*room)));
        placed.extend(free);
    }
}

#[test]
fn the_caches_tests_are_built_without_any_sdk_but_its_stores() {
    let manifest = larder_tests::project().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).exec().expect("cargo metadata");
    let name = |id| metadata[id].name.as_str();
    let resolve = metadata.resolve.as_ref().expect("resolved");
    let cache = resolve.nodes.iter().map(|node| &node.id).find(|id| name(id) == "larder-cache").expect("a member");
    let (mut built, mut left) = (BTreeSet::from([cache]), vec![cache]);
    while let Some(id) = left.pop() {
        let node = resolve.nodes.iter().find(|node| node.id == *id).expect("resolved");
        let needed = node.deps.iter().filter(|dependency| {
            let ships = dependency.dep_kinds.iter().any(|it| it.kind != DependencyKind::Development);
            ships || id == cache
        });
        left.extend(needed.map(|dependency| &dependency.pkg).filter(|id| built.insert(id)));
    }
    let sdks: Vec<_> = built.into_iter().map(name).filter(|name| name.starts_with("aws-sdk-")).collect();
    assert_eq!(sdks, ["aws-sdk-dynamodb"]);
}

#[rstest::rstest]
#[case("larder-cache", "larder-sources", Use::Ships)]
#[case("larder-cache", "larder-sources", Use::TestsOnly)]
#[case("larder-cache", "larder-app", Use::Optional)]
#[case("larder-cache", "aws-sdk-ec2", Use::Ships)]
#[case("larder-sources", "larder-cache", Use::Ships)]
#[case("larder-app", "lambda_http", Use::Ships)]
#[case("larder-app", "clap", Use::Ships)]
#[case("larder-app", "larder-standin", Use::Ships)]
#[case("larder-app", "larder-cli", Use::TestsOnly)]
#[case("larder-bench", "larder-lambdas", Use::Ships)]
#[case("larder-lambdas", "larder-cache", Use::Ships)]
#[case("larder-lambdas", "larder-standin", Use::Optional)]
#[case("larder-cli", "larder-standin", Use::Ships)]
fn a_forbidden_arrow_is_reported(#[case] from: &str, #[case] to: &str, #[case] used: Use) {
    let edge = Edge { from: from.to_owned(), to: to.to_owned(), used };
    assert!(fault(&edge).is_some(), "{edge:?} passes");
}

#[rstest::rstest]
#[case("larder-cache", "aws-sdk-dynamodb", Use::Optional)]
#[case("larder-cache", "larder-tests", Use::TestsOnly)]
#[case("larder-cli", "larder-standin", Use::Optional)]
#[case("larder-tests", "larder-app", Use::TestsOnly)]
fn an_arrow_of_the_table_passes(#[case] from: &str, #[case] to: &str, #[case] used: Use) {
    let edge = Edge { from: from.to_owned(), to: to.to_owned(), used };
    assert_eq!(fault(&edge), None);
}
