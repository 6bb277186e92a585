use std::collections::BTreeMap;

use larder_sources::DATA_TYPES;
use serde_json::{Value, json};

use super::operations;
use crate::inventory::INVENTORY;
use crate::problem::{Code, Problem};

/// What every route that needs a token may answer.
const EVERYWHERE: &[Code] =
    &[Code::UnknownParameter, Code::Unauthenticated, Code::IssuerUnavailable, Code::Forbidden, Code::Internal];

/// What asking AWS may come to.
const OF_AWS: &[Code] = &[
    Code::AccessDenied,
    Code::AwsCredentials,
    Code::UpstreamThrottled,
    Code::UpstreamUnavailable,
    Code::UpstreamTimeout,
    Code::UpstreamRejected,
    Code::UpstreamMalformed,
    Code::UpstreamEndless,
    Code::Deadline,
    Code::Overloaded,
];

/// What asking for items of an account may come to, beside that.
const OF_ITEMS: &[Code] = &[
    Code::UnknownRegion,
    Code::InvalidAccount,
    Code::UnknownAccount,
    Code::ForbiddenAccount,
    Code::InvalidLimit,
    Code::InvalidCursor,
    Code::ResultTooLarge,
    Code::EveryRegionFailed,
    Code::NotCached,
];

const OF_INVALIDATION: &[Code] = &[
    Code::InvalidBody,
    Code::UnknownField,
    Code::UnsupportedMediaType,
    Code::BodyTooLarge,
    Code::UnknownDataType,
    Code::UnknownRegion,
    Code::InvalidAccount,
    Code::ForbiddenAccount,
    Code::StoreUnavailable,
];

const OF_ENTRIES: &[Code] =
    &[Code::UnknownDataType, Code::InvalidLimit, Code::InvalidCursor, Code::StoreUnavailable, Code::Deadline];

const OF_SERVERS: &[Code] = &[
    Code::InvalidMonth,
    Code::UnknownRegion,
    Code::InvalidAccount,
    Code::ForbiddenAccount,
    Code::InvalidLimit,
    Code::InvalidCursor,
    Code::RuntimeNotConfigured,
    Code::RuntimeNotKnown,
    Code::RuntimeNotReady,
    Code::StoreUnavailable,
    Code::Deadline,
];

const OF_SERVER: &[Code] = &[
    Code::InvalidInstanceId,
    Code::InvalidMonth,
    Code::UnknownRegion,
    Code::InvalidAccount,
    Code::ForbiddenAccount,
    Code::UnknownServer,
    Code::RuntimeNotConfigured,
    Code::RuntimeNotKnown,
    Code::RuntimeNotReady,
    Code::StoreUnavailable,
    Code::Deadline,
];

const OF_COSTS: &[Code] = &[
    Code::InvalidPeriod,
    Code::InvalidParameter,
    Code::InvalidAccount,
    Code::UnknownAccount,
    Code::ForbiddenAccount,
    Code::ResultTooLarge,
    Code::EveryAccountFailed,
    Code::NotCached,
];

const OF_SYNC: &[Code] = &[
    Code::InvalidBody,
    Code::UnknownField,
    Code::UnsupportedMediaType,
    Code::BodyTooLarge,
    Code::UnknownRegion,
    Code::InvalidAccount,
    Code::UnknownAccount,
    Code::ForbiddenAccount,
    Code::NothingSynced,
    Code::HistoryUnavailable,
];

const OF_HISTORY: &[Code] = &[
    Code::InvalidPeriod,
    Code::InvalidParameter,
    Code::InvalidAccount,
    Code::ForbiddenAccount,
    Code::InvalidLimit,
    Code::ResultTooLarge,
    Code::HistoryNotConfigured,
    Code::HistoryUnavailable,
];

/// Adds the schema of a problem, and to each operation those that it may answer.
pub(super) fn add(document: &mut Value) {
    for (path, _method, operation) in operations(document) {
        for (status, codes) in by_status(path) {
            operation["responses"][status.to_string()] = response(&codes);
        }
    }
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let meanings: Vec<_> = Code::ALL.iter().map(|code| format!("- {}: {}", code.name(), code.meaning())).collect();
    document["components"]["schemas"]["Problem"] = json!({
        "type": "object",
        "description": "A problem document (RFC 9457). Members beside these depend on the code.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": {"type": "string", "enum": codes, "description": meanings.join("\n")},
            "detail": {"type": "string"},
            "requestId": {"type": "string", "description": "What names the request: also in the header x-request-id and in the log."},
        },
    });
}

fn by_status(path: &str) -> BTreeMap<u16, Vec<Code>> {
    let own: &[&[Code]] = match path {
        "/cache/invalidate" => &[OF_INVALIDATION],
        "/cache/entries" => &[OF_ENTRIES],
        "/runtime/servers" => &[OF_SERVERS],
        "/runtime/servers/{instanceId}" => &[OF_SERVER],
        "/api/cost-data" => &[OF_COSTS, OF_AWS],
        "/api/cost-data/sync" => &[OF_SYNC, OF_AWS],
        _ if path.starts_with("/history/") => &[OF_HISTORY],
        _ if INVENTORY.iter().any(|kind| kind.sync_path == path) => &[OF_SYNC, OF_AWS],
        _ if INVENTORY.iter().any(|kind| kind.path == path) => &[OF_ITEMS, OF_AWS],
        _ if DATA_TYPES.iter().any(|row| row.path == path) => &[&[Code::MissingRegion], OF_ITEMS, OF_AWS],
        _ => &[],
    };
    let everywhere = if path == "/health" { &[Code::Internal] } else { EVERYWHERE };
    let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
    for code in own.iter().copied().flatten().chain(everywhere) {
        by_status.entry(code.status()).or_default().push(*code);
    }
    by_status
}

fn response(codes: &[Code]) -> Value {
    let said: Vec<_> = codes.iter().map(|code| format!("{}: {}", code.name(), code.meaning())).collect();
    let mut response = json!({
        "description": said.join(" "),
        "content": {Problem::CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    if codes.iter().any(|code| code.status() == 503) {
        response["headers"]["Retry-After"] = json!({
            "description": "Seconds after which to come back, where that is known.",
            "schema": {"type": "integer"},
        });
    }
    response
}
