pub(crate) mod instance_types;
pub(crate) mod instances;
pub(crate) mod regions;
pub(crate) mod security_groups;
mod select;
pub(crate) mod subnets;

use crate::operations::Call;
use crate::paging::page;
use crate::request::Form;
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
