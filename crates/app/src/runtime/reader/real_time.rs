use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::{Either, select, try_join};
use futures::{StreamExt, stream};
use larder_runtime::{Answer, Coverage, Evidence, Month, Second, Span, timeline};
use larder_sources::{AskedServers, FetchError, KEPT_FOR, LATE_BY, Lookup, LookupBy, RecordedName, Slice};
use serde_json::json;

use super::server::{may_see, unknown};
use super::{AskedServer, RuntimeReader, unavailable_to};
use crate::Principal;
use crate::problem::{Code, Problem};
use crate::runtime::of_place::{Unreadable, described, seen, told_by};
use crate::runtime::{KeptAnswer, Place};

/// How long whoever asks is kept waiting.
const WITHIN: Duration = Duration::from_secs(20);
/// How long it may take to tell whoever can't be answered how far the events were read.
const TO_SAY_WHY: Duration = Duration::from_secs(2);
/// Accounts and regions that are asked for a server side by side.
const SIDE_BY_SIDE: usize = 16;

/// The calculation of one server for whoever asks: by what CloudTrail has of it, and by what the ledger has.
pub(super) struct RealTime<'a> {
    pub(super) reader: &'a RuntimeReader,
    pub(super) principal: &'a Principal,
    pub(super) asked: &'a AskedServer<'a>,
    pub(super) month: Month,
}

impl RealTime<'_> {
    /// The minutes of the server, which was in that place before, if it is known to have been in one.
    pub(super) async fn work_out(&self, place: Option<Place>) -> Result<KeptAnswer, Problem> {
        let late = self.reader.parts.environment.sleep(WITHIN);
        match select(Box::pin(self.in_turn(place)), late).await {
            Either::Left((worked_out, _)) => worked_out,
            Either::Right(_) => Err(self.not_ready(&format!("it took over {} s", WITHIN.as_secs())).await),
        }
    }

    /// Whoever asked for it moments ago was told the same.
    async fn in_turn(&self, place: Option<Place>) -> Result<KeptAnswer, Problem> {
        let remembered = &self.reader.remembered;
        let now = || self.reader.parts.environment.now().monotonic;
        // Nobody closes it.
        let _turn = remembered.turns.acquire().await;
        match remembered.get(self.asked.id, self.month, now()) {
            Some(kept) if may_see(self.principal, &kept) => Ok(kept),
            Some(_) => Err(unknown(self.asked.id)),
            None => {
                let kept = self.in_time(place).await?;
                remembered.put(&kept, now());
                Ok(kept)
            }
        }
    }

    async fn in_time(&self, place: Option<Place>) -> Result<KeptAnswer, Problem> {
        let (place, sample) = match place {
            Some(place) => self.sampled(place).await,
            None => self.found().await?,
        };
        let parts = &self.reader.parts;
        let now = parts.now();
        let (recorded, unreadable) = match self.recorded(&place, now).await {
            Ok(recorded) => recorded,
            Err(error) => return Err(self.failed(&place, &error).await),
        };
        // How far events were read comes before those that were: more of them do no harm.
        let mut covered = parts.ledger.progress(&place).await.map_err(unavailable_to(self.principal))?.covered();
        covered.add(Span { from: now.plus(-KEPT_FOR), to: now.plus(-LATE_BY) });
        for Unreadable { time, failure } in unreadable {
            tracing::warn!(instance = self.asked.id, %failure, "an event can't be read");
            covered
                .remove(time.map_or(Span { from: Second::MIN, to: now }, |time| Span { from: time, to: time.plus(1) }));
        }
        let mut evidence = parts.ledger.all_evidence(self.asked.id).await.map_err(unavailable_to(self.principal))?;
        evidence.extend(recorded.into_iter().chain(sample));
        Ok(self.answer(&place, now, &evidence, &covered))
    }

    fn answer(&self, place: &Place, now: Second, evidence: &[Evidence], covered: &Coverage) -> KeptAnswer {
        let month = self.month.span();
        let window = month.and(&Span { from: month.from, to: now });
        let totals = timeline(evidence, covered).totals(&window);
        let watermark = covered.spans().last().map(|span| span.to);
        let answer = Answer::new(place.server(self.asked.id), self.month, window, &totals, watermark);
        KeptAnswer { answer, timestamp: None }
    }

    /// What CloudTrail has of the server, in all of the time that it keeps. AWS's own events name no resource.
    async fn recorded(&self, place: &Place, now: Second) -> Result<(Vec<Evidence>, Vec<Unreadable>), FetchError> {
        let lookup = |by| Lookup {
            account: place.account.clone(),
            region: place.region,
            by,
            slice: Slice { from: now.plus(-KEPT_FOR).unix(), to: now.unix() },
        };
        let of_server = lookup(LookupBy::Resource(self.asked.id.to_owned()));
        let evictions = lookup(LookupBy::Name(RecordedName::BidEvictedEvent));
        let upstream = &self.reader.parts.upstream;
        let (events, evictions) =
            try_join(upstream.events(&of_server, WITHIN), upstream.events(&evictions, WITHIN)).await?;
        let (told, unreadable) = told_by(events.iter().chain(&evictions));
        let of_server = |(id, evidence): (String, Evidence)| (id == self.asked.id).then_some(evidence);
        Ok((told.into_iter().filter_map(of_server).collect(), unreadable))
    }

    /// What it is now; nothing where that can't be told.
    async fn sampled(&self, place: Place) -> (Place, Option<Evidence>) {
        let now = self.reader.parts.now();
        let asked = self.ask(&place).await;
        let sample = match asked {
            Ok(asked) if asked.gone.contains(self.asked.id) => Some(seen(now, None)),
            Ok(asked) => asked.known.first().and_then(|server| seen_now(now, server)),
            Err(error) => {
                tracing::warn!(instance = self.asked.id, %error, "a server's state is not known");
                None
            }
        };
        (place, sample)
    }

    /// Where it is, and what. Every place that is configured is asked.
    async fn found(&self) -> Result<(Place, Option<Evidence>), Problem> {
        let AskedServer { account, region, .. } = self.asked;
        let is_wanted = |place: &Place| {
            account.as_ref().is_none_or(|account| place.account == *account)
                && region.is_none_or(|region| place.region == region)
                && self.principal.may_see(&place.account)
        };
        let places = self.reader.parts.upstream.places().await;
        let mut failed: Vec<_> = places.failed.into_iter().map(|(_, failure)| failure.words).collect();
        let wanted: Vec<_> = places.known.into_iter().filter(is_wanted).collect();
        let now = self.reader.parts.now();
        let asking = wanted.into_iter().map(|place| async move { (self.ask(&place).await, place) });
        let mut asking = stream::iter(asking).buffer_unordered(SIDE_BY_SIDE);
        while let Some((asked, place)) = asking.next().await {
            match asked {
                Ok(asked) => {
                    if let Some(server) = asked.known.first() {
                        return Ok((place, seen_now(now, server)));
                    }
                }
                Err(error) => failed.push(format!("{place}: {error}")),
            }
        }
        match &*failed {
            [] => Err(unknown(self.asked.id)),
            [first, ..] => {
                tracing::warn!(
                    instance = self.asked.id,
                    ?failed,
                    "a server was not found, but not everyone could be asked"
                );
                let first = if self.principal.may_see_all() { first } else { "the log of Larder says why" };
                Err(self
                    .not_ready(&format!("it is not where it could be looked for, and {} failed: {first}", failed.len()))
                    .await)
            }
        }
    }

    async fn ask(&self, place: &Place) -> Result<AskedServers, FetchError> {
        self.reader.parts.upstream.by_id(place, BTreeSet::from([self.asked.id.to_owned()])).await
    }

    async fn failed(&self, place: &Place, error: &FetchError) -> Problem {
        tracing::warn!(instance = self.asked.id, %place, %error, "a server's events can't be read");
        let said = if self.principal.may_see_all() { error.to_string() } else { error.kind.to_string() };
        self.not_ready(&said).await
    }

    /// With the progress of what is being read, so that who waits knows for what.
    async fn not_ready(&self, reason: &str) -> Problem {
        let detail = format!(
            "The minutes of {} in {} are not kept, and could not be worked out: {reason}.",
            self.asked.id, self.month
        );
        let progress = self.reader.progress(self.principal, self.month);
        let progress = match select(Box::pin(progress), self.reader.parts.environment.sleep(TO_SAY_WHY)).await {
            Either::Left((progress, _)) => progress.unwrap_or_default(),
            Either::Right(_) => Vec::new(),
        };
        Problem::new(Code::RuntimeNotReady, detail).retry_after(WITHIN).with("progress", json!(progress))
    }
}

fn seen_now(now: Second, server: &larder_sources::Server) -> Option<Evidence> {
    described(server).ok().map(|described| seen(now, Some(described)))
}
