use std::time::Duration;

use larder_cache::{Forward, Freshness, Origin, Refresh, StoreHealth};

use super::{Broken, broken, passed};
use crate::evidence::{Evidence, Fetch, Request};
use crate::executor::Place;
use crate::history::What;
use crate::tally::Tally;

/// G4, with or without a lease: of one key at most one fetch runs at a time in a process. So a failing upstream is not
/// called more often than that either.
pub(super) fn run_once_per_process(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for fetch in &evidence.fetches {
        let request = evidence.request_of(fetch);
        tally.count("fetches");
        if request.renewal.is_some() {
            tally.count("fetches ahead of requests");
        }
        for (other, others) in running_with(evidence, fetch, request) {
            if others.at == request.at {
                return together(fetch, other, request);
            }
        }
    }
    Ok(())
}

/// G4, with a lease, between containers that nothing disturbed: of one key at most one fetch runs at a time in the
/// fleet; no fetch begins without a lease before most of its request's deadline is over; and none begins under a lease
/// that was taken when a usable entry stood in the store already, unless it renews that.
///
/// Disturbed are containers that were frozen, whose clock was set, or whose requests to the store met a fault or could not
/// be sent: the lease is of no use to them, or they were too slow for it.
pub(super) fn run_once_per_fleet(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for fetch in &evidence.fetches {
        let request = evidence.request_of(fetch);
        let alone = !evidence.is_leased(request) || is_late(fetch, request);
        if alone || is_disturbed(evidence, fetch, request, request.asked) {
            continue;
        }
        let Some(taken) = lease_taken(evidence, fetch, request) else {
            return broken(
                "G4",
                format!("{:?} fetched {} without a lease: call {}", request.at, request.key, fetch.number),
            );
        };
        tally.count("undisturbed fetches under a lease");
        for (other, others) in running_with(evidence, fetch, request) {
            let since = request.asked.min(others.asked);
            let excused = is_late(other, others)
                || is_disturbed(evidence, other, others, since)
                || is_disturbed(evidence, fetch, request, since)
                || was_lease_lost(evidence, request, since, fetch.began);
            if !excused {
                return together(fetch, other, request);
            }
        }
        if stood_there(evidence, fetch, request, taken) {
            return broken(
                "G4",
                format!("{:?} fetched {} though an entry stood there: call {}", request.at, request.key, fetch.number),
            );
        }
    }
    Ok(())
}

fn together(fetch: &Fetch, other: &Fetch, request: &Request) -> Result<(), Broken> {
    let Request { at, key, .. } = request;
    broken("G4", format!("call {} of {key} began in {at:?} while call {} was running", fetch.number, other.number))
}

/// The fetches of the same key that run when one begins.
fn running_with<'e, 'a>(
    evidence: &'e Evidence<'a>,
    fetch: &'e Fetch<'a>,
    request: &'e Request<'a>,
) -> impl Iterator<Item = (&'e Fetch<'a>, &'e Request<'a>)> {
    let running = evidence.fetches.iter().filter(|other| other.ran_at(fetch.began));
    running.map(|other| (other, evidence.request_of(other))).filter(|(_, others)| others.key == request.key)
}

/// Whether most of its request's deadline was over when it began: then it waits for no lease.
fn is_late(fetch: &Fetch, request: &Request) -> bool {
    passed(fetch.moment, request.began) >= request.directives.deadline.mul_f64(0.8)
}

/// When the lease was taken that a fetch runs under.
fn lease_taken(evidence: &Evidence, fetch: &Fetch, request: &Request) -> Option<usize> {
    (request.asked..fetch.began).rev().find(|index| match &evidence.events[*index].what {
        What::Leased { by, key } => *by == request.at && key == request.key.as_str(),
        _ => false,
    })
}

/// Whether anything befell the container of a fetch from `since`, or the store's time limit before it, until the fetch
/// began: its requests to the store may have been on their way since.
fn is_disturbed(evidence: &Evidence, fetch: &Fetch, request: &Request, since: usize) -> bool {
    let left_alone = [fetch.health, request.health].iter().any(|health| *health != StoreHealth::Reachable);
    left_alone || was_disturbed(evidence, request.at, since, fetch.began)
}

fn was_disturbed(evidence: &Evidence, place: Place, since: usize, until: usize) -> bool {
    let from = evidence.at(since).saturating_sub(evidence.plan.settings.store_timeout + Duration::from_secs(1));
    evidence.events[..until].iter().rev().take_while(|event| event.at >= from).any(|event| match &event.what {
        What::Disturbed(at, _) | What::Froze(at, _) | What::Thawed(at) | What::ClockSet { at, .. } => *at == place,
        _ => false,
    })
}

/// Whether a disturbed container may have taken the lease over meanwhile, or a purge have deleted it.
fn was_lease_lost(evidence: &Evidence, request: &Request, since: usize, until: usize) -> bool {
    evidence.events[since..until].iter().any(|event| match &event.what {
        What::Leased { by, key } => key == request.key.as_str() && was_disturbed(evidence, *by, since, until),
        What::Deleted { keys } => keys.iter().any(|key| key == request.key.as_str()),
        _ => false,
    })
}

/// Whether an entry that the fetch's request could have used was in the store before its lease was taken, put there by an
/// undisturbed container under a lease that it had not given back. Both clocks may make it older than it is, so it is one that is fresh by either.
fn stood_there(evidence: &Evidence, fetch: &Fetch, request: &Request, taken: usize) -> bool {
    const MARGIN: Duration = Duration::from_secs(1);
    let Some(standing) = fetch.standing.filter(|standing| standing.alive) else { return false };
    let Some((filled, written)) = filling(evidence, request, &standing.etag, taken) else { return false };
    let by_wall = fetch.moment.wall.saturating_sub(Duration::from_millis(standing.created_at));
    let age = by_wall.max(evidence.at(fetch.began) - evidence.at(filled.began));
    let lifetime = Duration::from_millis(standing.expires_at.saturating_sub(standing.created_at));
    let filler = evidence.request_of(filled);
    age + MARGIN < lifetime
        && request.directives.max_age.is_none()
        && !may_be_renewed(evidence, request, written)
        && !had_its_clock_set(evidence, request.at, fetch.began)
        && lease_taken(evidence, filled, filler).is_some()
        && !is_late(filled, filler)
        && !was_disturbed(evidence, filler.at, filler.asked, written)
        && !was_dropped(evidence, filled, filler, written)
}

/// Whether a renewal may have found the entry that was written then when it first read the store: it waits for that no
/// longer than the store's time limit.
fn may_be_renewed(evidence: &Evidence, request: &Request, written: usize) -> bool {
    let read_by = evidence.at(request.asked) + evidence.plan.settings.store_timeout;
    request.renewal.is_some() && evidence.at(written) <= read_by
}

/// Whether the request that a fetch was for, or its refresh, may have been over before the write of the entry took effect:
/// then its lease was given back first, and the holder is one that died.
fn was_dropped(evidence: &Evidence, fetch: &Fetch, request: &Request, written: usize) -> bool {
    let since = |index| evidence.at(written) - evidence.at(index);
    match (request.ended(), evidence.plan.settings.refresh) {
        (_, Refresh::Within(limit)) if may_have_dropped_its_refresh(request) && since(request.asked) >= limit => true,
        (Some(ended), _) if ended < fetch.began => since(ended) >= request.directives.deadline,
        (Some(ended), _) => ended < written,
        (None, _) => false,
    }
}

/// Whether it was told what is stale, or what its refresh had got when it was dropped, or nothing at all.
fn may_have_dropped_its_refresh(request: &Request) -> bool {
    let Some(told) = &request.told else { return true };
    told.answer.is_ok_and(|answer| {
        matches!(answer.freshness, Freshness::StaleWhileRevalidate)
            || matches!(answer.origin, Origin::Upstream { why: Forward::Stale, collapsed: false, .. })
    })
}

/// The fetch that gave a stored entry, and when that was written, if it was before `taken`.
fn filling<'e, 'a>(
    evidence: &'e Evidence<'a>,
    request: &Request,
    etag: &str,
    taken: usize,
) -> Option<(&'e Fetch<'a>, usize)> {
    let (written, by) =
        evidence.events[..taken].iter().enumerate().rev().find_map(|(index, event)| match &event.what {
            What::Wrote { by, key, etag: written, .. } if key == request.key.as_str() && written == etag => {
                Some((index, *by))
            }
            _ => None,
        })?;
    let filled = evidence.fetches.iter().rev().find(|other| {
        let others = evidence.request_of(other);
        other.gave_before(written) && others.at == by && others.key == request.key
    })?;
    Some((filled, written))
}

fn had_its_clock_set(evidence: &Evidence, place: Place, until: usize) -> bool {
    evidence.events[..until].iter().any(|event| matches!(&event.what, What::ClockSet { at, .. } if *at == place))
}
