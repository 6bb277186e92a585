use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::{HeaderMap, Uri};
use larder_cache::Answer;
use larder_sources::DataType;

use super::answer::{Told, respond};
use super::cache_control::directives;
use super::cache_status::{cache_status, regional_cache_status};
use super::paging::{Range, part_of, read_cursor};
use super::parameters::Parameters;
use crate::problem::{Code, Problem};
use crate::{App, Principal, Question, RegionalAnswers, Reply};

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
    let question = Question { data_type, region: parameters.get("region"), account: parameters.get("accountId") };
    let range = range(&parameters, &question)?;
    match app.queries().ask(principal, &question, &directives(headers)).await? {
        Reply::One(answer) => {
            let body = match (range, data_type.list) {
                (Some(range), Some(shape)) => part_of(&answer.value, shape, &range)?,
                _ => answer.value.clone(),
            };
            Ok(respond(headers, Told::of(&answer, data_type), body))
        }
        Reply::Regional(regional) => {
            let body = regional.body()?;
            Ok(respond(headers, Told::of_regional(&regional, data_type), body))
        }
    }
}

impl Told {
    fn of(answer: &Answer, data_type: &DataType) -> Self {
        Self {
            etag: Some(answer.etag.to_string()),
            age: Some(answer.age),
            cache_status: Some(cache_status(answer, data_type)),
            if_too_large: match data_type.list {
                Some(_) => " Ask for a part with limit, and the rest with cursor.",
                None => "",
            },
        }
    }

    fn of_regional(regional: &RegionalAnswers, data_type: &DataType) -> Self {
        Self {
            etag: regional.etag(),
            age: Some(regional.age()),
            cache_status: Some(regional_cache_status(regional, data_type)),
            if_too_large: " Ask for fewer regions at once, or for one with limit and cursor.",
        }
    }
}

/// The part of the list that is asked for, or `None` for the answer as it is.
fn range(parameters: &Parameters<'_>, question: &Question<'_>) -> Result<Option<Range>, Problem> {
    let limit = parameters.limit()?;
    let after = parameters.get("cursor").map(read_cursor).transpose()?;
    if limit.is_none() && after.is_none() {
        return Ok(None);
    }
    let why_not = match question.data_type.list {
        None => Some(format!("{} is no list", question.data_type.name)),
        Some(_) if question.names_several_regions() => Some("An answer by region is no list".to_owned()),
        Some(_) => None,
    };
    match why_not {
        None => Ok(Some(Range { after, limit })),
        Some(why) if limit.is_some() => Err(Problem::new(Code::InvalidLimit, format!("{why}, so it takes no limit."))),
        Some(why) => Err(Problem::new(Code::InvalidCursor, format!("{why}, so it takes no cursor."))),
    }
}
