use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::lookup_events::{LookupEventsError, LookupEventsOutput};
use aws_sdk_cloudtrail::types::{Event, LookupAttribute};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;

use super::pause::Pauses;
use super::{LOOKUP_EVENTS, Lookup, LookupEvents, RecordedEvent};
use crate::pages::PageTokens;
use crate::{FailureKind, FetchError};

/// The most that `LookupEvents` allows.
const PAGE_SIZE: i32 = 50;
/// How often a lookup begins again because its page token counts no longer.
const MOST_RESTARTS: usize = 3;
const TOKEN_COUNTS_NO_LONGER: &str = "InvalidNextTokenException";

/// One lookup by one account's client.
pub(super) struct Reading<'a> {
    pub(super) client: &'a Client,
    pub(super) lookup: &'a Lookup,
    pub(super) looking: &'a LookupEvents,
    /// When it must be over, by the same clock as everything else.
    pub(super) until: Duration,
}

impl Reading<'_> {
    pub(super) async fn every_event(&self) -> Result<Vec<RecordedEvent>, FetchError> {
        let mut found = Found::default();
        for _ in 0..MOST_RESTARTS {
            match self.read(&mut found).await {
                Err(error) if error.is_rejected_with(TOKEN_COUNTS_NO_LONGER) => {
                    tracing::info!(%error, region = %self.lookup.region, "events are read again from the first page");
                }
                read => return read.map(|()| found.in_order()),
            }
        }
        self.read(&mut found).await.map(|()| found.in_order())
    }

    async fn read(&self, found: &mut Found) -> Result<(), FetchError> {
        let mut tokens = PageTokens::new(LOOKUP_EVENTS, self.looking.most_pages);
        let mut token = None;
        loop {
            let page = self.page(token).await?;
            for event in page.events.into_iter().flatten() {
                found.add(event, self.lookup.slice.to)?;
            }
            token = tokens.next(page.next_token)?;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// A page, asked for until it is there, or until nothing is left of the time.
    async fn page(&self, token: Option<String>) -> Result<LookupEventsOutput, FetchError> {
        let mut pauses = Pauses::new();
        loop {
            let error = match self.ask(token.clone()).await {
                Err(error) if may_pass(&error.kind) => error,
                answer => return answer,
            };
            let pause = pauses.next(&*self.looking.waiting);
            if self.looking.waiting.elapsed() + pause >= self.until {
                return Err(error);
            }
            tracing::debug!(%error, region = %self.lookup.region, ?pause, "events are asked for again");
            self.looking.waiting.sleep(pause).await;
        }
    }

    async fn ask(&self, token: Option<String>) -> Result<LookupEventsOutput, FetchError> {
        let Lookup { account, region, by, slice } = self.lookup;
        let criterion = LookupAttribute::builder().attribute_key(by.key()).attribute_value(by.value()).build();
        let criterion = criterion.map_err(SdkError::<LookupEventsError, _>::construction_failure);
        let criterion = criterion.map_err(|error| FetchError::from_sdk(LOOKUP_EVENTS, &error))?;
        let request = self.client.lookup_events().lookup_attributes(criterion).max_results(PAGE_SIZE);
        let request = request.start_time(DateTime::from_secs(slice.from)).end_time(DateTime::from_secs(slice.to));
        let turn = self.looking.turns.turn(account, *region).await;
        let answer = request.set_next_token(token).send().await;
        drop(turn);
        answer.map_err(|error| FetchError::from_sdk(LOOKUP_EVENTS, &error))
    }
}

/// Whether the same request may be answered later.
fn may_pass(kind: &FailureKind) -> bool {
    matches!(kind, FailureKind::Throttled | FailureKind::Timeout | FailureKind::Unavailable)
}

/// The events so far. Pages shift while they are read, since new events come first.
#[derive(Default)]
struct Found {
    ids: HashSet<String>,
    events: Vec<(Option<i64>, RecordedEvent)>,
}

impl Found {
    /// Adds an event, unless it is there. AWS takes the end of the time as part of it; here it is not.
    fn add(&mut self, event: Event, end: i64) -> Result<(), FetchError> {
        let without = |what| FetchError::without(LOOKUP_EVENTS, what);
        let id = event.event_id.ok_or_else(|| without("EventId"))?;
        let json = event.cloud_trail_event.ok_or_else(|| without("CloudTrailEvent"))?;
        let time = event.event_time.map(|time| time.secs());
        if time.is_none_or(|time| time < end) && self.ids.insert(id.clone()) {
            self.events.push((time, RecordedEvent { id, json }));
        }
        Ok(())
    }

    fn in_order(mut self) -> Vec<RecordedEvent> {
        self.events.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
        self.events.into_iter().map(|(_, event)| event).collect()
    }
}
