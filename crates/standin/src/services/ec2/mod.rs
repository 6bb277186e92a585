pub(crate) mod images;
pub(crate) mod instance_types;
pub(crate) mod instances;
pub(crate) mod regions;
pub(crate) mod security_groups;
mod select;
pub(crate) mod snapshots;
pub(crate) mod subnets;
pub(crate) mod volumes;

use jiff::Timestamp;

use crate::operations::Call;
use crate::paging::{Pages, page};
use crate::request::Form;
use crate::snapshot::Snapshot;
use crate::wire::{AwsError, Element};

/// How a list of EC2 is paged.
struct Paging {
    /// The largest `MaxResults`, and the size of a page without one. The smallest is 5 everywhere.
    most: usize,
    /// The parameter that asks for items by their id: it excludes `MaxResults`.
    ids: &'static str,
    /// The element that holds the items.
    set: &'static str,
}

const LEAST: usize = 5;

/// Refuses parameters that the operation does not have, as EC2 does, and a dry run, which EC2 never answers.
fn check_parameters(form: &Form, own: &[&str]) -> Result<(), AwsError> {
    let known = |name: &str| {
        let list = name.split('.').next().unwrap_or(name);
        ["Action", "Version", "DryRun", "Filter"].contains(&list) || own.contains(&list)
    };
    if let Some(unknown) = form.names().find(|name| !known(name)) {
        let message = format!("The parameter {unknown} is not recognized");
        return Err(AwsError::new(400, "UnknownParameter", message));
    }
    if form.get("DryRun") == Some("true") {
        let message = "Request would have succeeded, but DryRun flag is set.";
        return Err(AwsError::new(412, "DryRunOperation", message));
    }
    Ok(())
}

/// The answer with the page that the parameters ask for.
fn answer<T>(
    call: &Call,
    form: &Form,
    paging: &Paging,
    items: &[T],
    render: impl Fn(&T) -> Vec<Element>,
) -> Result<Vec<Element>, AwsError> {
    let size = page_size(form, paging)?;
    let token = form.get("NextToken").filter(|token| !token.is_empty());
    // What DescribeInstances is known to answer to a token that it did not give out.
    let page = page(items, call, token, size)
        .map_err(|_| AwsError::invalid_parameter_value("Unable to parse pagination token"))?;
    let mut members = vec![Element::set(paging.set, page.items.iter().map(render))];
    members.extend(page.next.map(|next| Element::text("nextToken", next)));
    Ok(members)
}

/// The same for a list that changes from second to second: `list` tells it, and all pages are of the moment of the first.
fn living_answer<T>(
    call: &Call,
    form: &Form,
    paging: &Paging,
    list: impl FnOnce(Timestamp) -> Result<Vec<T>, AwsError>,
    render: impl Fn(&[T], Timestamp) -> Element,
) -> Result<Vec<Element>, AwsError> {
    let size = page_size(form, paging)?;
    let invalid_token = |_| AwsError::invalid_parameter_value("Unable to parse pagination token");
    let question: Vec<(&str, Option<&str>)> =
        form.names().filter(|name| *name != "NextToken").map(|name| (name, form.get(name))).collect();
    let token = form.get("NextToken").filter(|token| !token.is_empty());
    let (snapshot, token) = Snapshot::of(call, token, question).map_err(invalid_token)?;
    // Nothing of the list is on an empty page, of which a thousand may be asked for.
    let items = if matches!(call.pages, Pages::Empty { .. }) { Vec::new() } else { list(snapshot.taken)? };
    let page = page(&items, call, token, size).map_err(invalid_token)?;
    let mut members = vec![render(page.items, snapshot.taken)];
    members.extend(page.next.map(|next| Element::text("nextToken", snapshot.token(&next))));
    Ok(members)
}

/// Whether the owners that are asked for are the caller's own account, or not asked for: nobody else shares anything.
fn asks_for_own(call: &Call, form: &Form) -> bool {
    let owners = form.list("Owner");
    owners.is_empty() || owners.iter().any(|owner| owner == "self" || owner == call.account.id().as_str())
}

/// Refuses ids of what is not there: `code` says what that is, and the message begins with `what`.
fn check_ids(ids: &[String], code: &'static str, what: &str, known: impl Fn(&str) -> bool) -> Result<(), AwsError> {
    match ids.iter().find(|id| !known(id)) {
        Some(unknown) => Err(AwsError::new(400, code, format!("The {what} '{unknown}' does not exist."))),
        None => Ok(()),
    }
}

/// A filter's values that are tags: of `tag-key` the keys, of `tag:KEY` the value.
fn tag_values(tags: &[(String, String)], filter: &str) -> Vec<String> {
    let value = |(key, value): &(String, String)| match filter.strip_prefix("tag:") {
        Some(wanted) => (wanted == key).then(|| value.clone()),
        None => Some(key.clone()),
    };
    tags.iter().filter_map(value).collect()
}

/// The tags of an item that has these of its own; an item without any has no such element.
fn tag_set(call: &Call, own: &[(String, String)]) -> Option<Element> {
    let tags = call.tags(own);
    let tags = (!tags.is_empty())
        .then(|| tags.iter().map(|(key, value)| [Element::text("key", key), Element::text("value", value)]));
    tags.map(|tags| Element::set("tagSet", tags))
}

fn page_size(form: &Form, paging: &Paging) -> Result<usize, AwsError> {
    let most = paging.most;
    let Some(asked) = form.get("MaxResults") else { return Ok(most) };
    if !form.list(paging.ids).is_empty() {
        let message = format!("The parameter {} cannot be used with the parameter maxResults", paging.ids);
        return Err(AwsError::new(400, "InvalidParameterCombination", message));
    }
    let wrong = |bound: String| {
        let message = format!("Value ( {asked} ) for parameter maxResults is invalid. {bound}");
        AwsError::invalid_parameter_value(message)
    };
    match asked.parse::<usize>() {
        Ok(size) if size > most => Err(wrong(format!("Expecting a value less than or equal to {most}."))),
        Ok(size) if size >= LEAST => Ok(size),
        _ => Err(wrong(format!("Expecting a value greater than or equal to {LEAST}."))),
    }
}
