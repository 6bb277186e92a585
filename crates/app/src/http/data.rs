use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::{HeaderMap, Uri};
use larder_sources::DataType;

use super::answer::respond;
use super::cache_control::directives;
use super::paging::{Range, part_of, read_cursor};
use super::parameters::Parameters;
use crate::problem::{Code, Problem};
use crate::{App, Principal, Question};

/// The parameters of every data type's route.
pub(super) const PARAMETERS: &[&str] = &["region", "accountId", "limit", "cursor"];

/// The route of a row.
pub(super) fn route(data_type: &'static DataType) -> MethodRouter<App> {
    get(move |State(app): State<App>, principal: Principal, uri: Uri, headers: HeaderMap| async move {
        answer(&app, &principal, data_type, &uri, &headers).await
    })
}

async fn answer(
    app: &App,
    principal: &Principal,
    data_type: &'static DataType,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(uri, PARAMETERS)?;
    let range = range(&parameters, data_type)?;
    let question = Question { data_type, region: parameters.get("region"), account: parameters.get("accountId") };
    let answer = app.queries().ask(principal, &question, &directives(headers)).await?;
    let body = match (range, data_type.list) {
        (Some(range), Some(shape)) => part_of(&answer.value, shape, &range)?,
        _ => answer.value.clone(),
    };
    Ok(respond(headers, data_type, &answer, body))
}

/// The part of the list that is asked for, or `None` for the answer as it is.
fn range(parameters: &Parameters<'_>, data_type: &DataType) -> Result<Option<Range>, Problem> {
    let limit = parameters.limit()?;
    let after = parameters.get("cursor").map(read_cursor).transpose()?;
    if limit.is_none() && after.is_none() {
        return Ok(None);
    }
    if data_type.list.is_none() {
        let (code, name) = match limit {
            Some(_) => (Code::InvalidLimit, "limit"),
            None => (Code::InvalidCursor, "cursor"),
        };
        return Err(Problem::new(code, format!("{} is no list, so it takes no {name}.", data_type.name)));
    }
    Ok(Some(Range { after, limit }))
}
