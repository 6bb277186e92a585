use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;

use super::Counted;
use super::reads::Services;

/// What a fixed TTL comes to, as it was worked out from the records without any cache.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) services: Services,
    pub(super) ttl: Duration,
    pub(super) counted: Counted,
}

#[derive(Deserialize)]
struct Figures {
    read_replay: ReadReplay,
}

/// TTL in seconds to hits and misses.
#[derive(Deserialize)]
struct ReadReplay {
    all_services: BTreeMap<u64, (u64, u64)>,
    ec2_iam: BTreeMap<u64, (u64, u64)>,
}

/// All figures, by services and TTL.
pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<Expected>> {
    let file = folder.join("expected.json");
    let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let figures: Figures = serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
    let replay = figures.read_replay;
    let of = |services, figures: BTreeMap<u64, (u64, u64)>| {
        figures.into_iter().map(move |(seconds, (hits, misses))| Expected {
            services,
            ttl: Duration::from_secs(seconds),
            counted: Counted { hits, misses },
        })
    };
    Ok(of(Services::All, replay.all_services).chain(of(Services::Ec2AndIam, replay.ec2_iam)).collect())
}
