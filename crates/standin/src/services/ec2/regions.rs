use super::check_parameters;
use super::select::select;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const FILTERS: [&str; 3] = ["endpoint", "opt-in-status", "region-name"];

/// Regions that exist, and that no account of the fleet has opted in to.
const NOT_OPTED_IN: [&str; 3] = ["af-south-1", "ap-east-1", "me-south-1"];

/// A region's name and opt-in status.
type Region = (&'static str, &'static str);

/// `DescribeRegions`: without `AllRegions` those that the account may use.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["RegionName", "AllRegions"])?;
    let usable = call.fleet.regions().iter().map(|name| (*name, "opt-in-not-required"));
    let other = NOT_OPTED_IN.iter().map(|name| (*name, "not-opted-in"));
    let all = form.get("AllRegions") == Some("true");
    let mut regions: Vec<Region> = usable.chain(other.filter(|_| all)).collect();

    let names = form.list("RegionName");
    if let Some(unknown) = names.iter().find(|name| regions.iter().all(|it| it.0 != **name)) {
        let message = format!("Invalid region names provided: [{unknown}]");
        return Err(AwsError::invalid_parameter_value(message));
    }
    regions.retain(|it| names.is_empty() || names.iter().any(|name| name == it.0));
    let regions = select(regions, &form.filters(), &FILTERS, filter_values)?;
    let rows = regions.iter().map(|region| {
        [
            Element::text("regionName", region.0),
            Element::text("regionEndpoint", endpoint(region)),
            Element::text("optInStatus", region.1),
        ]
    });
    Ok(vec![Element::set("regionInfo", rows)])
}

fn filter_values(region: &Region, name: &str) -> Vec<String> {
    vec![match name {
        "endpoint" => endpoint(region),
        "opt-in-status" => region.1.to_owned(),
        _ => region.0.to_owned(),
    }]
}

fn endpoint(region: &Region) -> String {
    format!("ec2.{}.amazonaws.com", region.0)
}
