use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use futures::stream::unfold;
use http::Uri;

use super::parameters::Parameters;
use crate::changes::Change;
use crate::problem::Problem;
use crate::{App, Principal};

/// How often a listener who has nothing to hear is told that the server lives; a proxy may end what is quiet for a minute.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// What changes, as server-sent events, until the server stops.
pub(super) async fn events(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    principal.check_read()?;
    Parameters::of(&uri, &[])?;
    let told = unfold((app.changes().listen(), principal), async |(mut heard, principal)| {
        loop {
            let change = heard.next().await?;
            let concerns = change.account_id.as_ref().is_none_or(|account| principal.may_see(account));
            if concerns {
                return Some((Ok(event(&change)), (heard, principal)));
            }
        }
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

fn event(change: &Change) -> Event {
    // A document of two texts can't fail to be written.
    Event::default().event("changed").json_data(change).unwrap_or_default()
}
