use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, Instance, InstanceNetworkInterface, Reservation};

use crate::pages::every_page;
use crate::{AccountId, Accounts, FetchError, Region, ec2_tags};

mod app_tag;
mod by_id;
mod ended;

pub use app_tag::{AppTag, InvalidAppTag};
pub use by_id::{AskedServers, servers_by_id};
pub(crate) use ended::ended;

/// What telling of servers needs to be permitted, and the operation of the errors that speak of it.
pub(crate) const DESCRIBE_INSTANCES: &str = "ec2:DescribeInstances";
/// The most that `DescribeInstances` allows.
const PAGE_SIZE: i32 = 1_000;

/// An EC2 instance as `DescribeInstances` tells it. Times are whole seconds since 1970-01-01 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `i-` and its id.
    pub id: String,
    /// What its tag `Name` says, if it says something.
    pub name: Option<String>,
    /// Its tags, by key.
    pub tags: BTreeMap<String, String>,
    /// Its state in EC2's words: `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
    pub state: String,
    /// `LaunchTime`, which moves at every start.
    pub launched: Option<i64>,
    /// The time in `StateTransitionReason`: when it was last stopped or terminated by a call. An instance that was shut
    /// down from inside has none.
    pub ended: Option<i64>,
    /// When it was created: its primary interface's `AttachTime`, which a terminated instance has no longer.
    pub created: Option<i64>,
    /// Whether it is configured to hibernate when it is stopped.
    pub hibernates: bool,
}

/// The servers of an account and region that have exactly that tag, by id. One that was terminated is among them for up to
/// an hour.
///
/// # Errors
/// Whatever a page failed with, and those of [`Accounts::aws_of`]. Never a part of the servers.
pub async fn servers_with(
    tag: &AppTag,
    accounts: &Accounts,
    account: &AccountId,
    region: Region,
) -> Result<Vec<Server>, FetchError> {
    let filter = Filter::builder().name(tag.filter_name()).values(tag.filter_value()).build();
    let reservations = accounts.ask(account, Some(region), |aws| {
        let request = aws.ec2(region).describe_instances().filters(filter.clone());
        let pages = request.into_paginator().page_size(PAGE_SIZE).send();
        every_page(DESCRIBE_INSTANCES, pages, |page| (page.next_token, page.reservations))
    });
    let mut servers = servers_of(reservations.await?)?;
    servers.retain(|server| tag.is_among(&server.tags));
    Ok(servers)
}

/// The instances of reservations, by id. One that moved from page to page is there once, as it was told first.
fn servers_of(reservations: Vec<Reservation>) -> Result<Vec<Server>, FetchError> {
    let instances = reservations.into_iter().flat_map(|reservation| reservation.instances.unwrap_or_default());
    let mut servers = instances.map(server).collect::<Result<Vec<_>, _>>()?;
    servers.sort_by(|a, b| a.id.cmp(&b.id));
    servers.dedup_by(|a, b| a.id == b.id);
    Ok(servers)
}

fn server(instance: Instance) -> Result<Server, FetchError> {
    let without = |what| FetchError::without(DESCRIBE_INSTANCES, what);
    let state = instance.state.and_then(|state| state.name).ok_or_else(|| without("an instance's state"))?;
    let interfaces = instance.network_interfaces.unwrap_or_default();
    let tags = ec2_tags::by_key(instance.tags);
    Ok(Server {
        id: instance.instance_id.ok_or_else(|| without("instanceId"))?,
        name: ec2_tags::name(&tags),
        tags,
        state: state.as_str().to_owned(),
        launched: instance.launch_time.map(|time| time.secs()),
        ended: instance.state_transition_reason.as_deref().and_then(ended),
        created: interfaces.iter().find_map(attached_as_primary),
        hibernates: instance.hibernation_options.and_then(|options| options.configured).unwrap_or_default(),
    })
}

/// The first interface of the first network card is there from the beginning, and can't be detached.
fn attached_as_primary(interface: &InstanceNetworkInterface) -> Option<i64> {
    let attachment = interface.attachment.as_ref()?;
    let is_primary = attachment.device_index == Some(0) && attachment.network_card_index.unwrap_or_default() == 0;
    attachment.attach_time.filter(|_| is_primary).map(|time| time.secs())
}

#[cfg(test)]
mod tests;
