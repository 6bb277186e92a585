use std::sync::Arc;

use super::kind::Kind;
use super::seed::draw;
use super::{EPOCH, Hibernation, Market, ServerCounts};
use crate::fleet::{AccountId, Fleet, Subnet};

/// The tag of the servers that the application is about.
pub const APP_TAG: (&str, &str) = ("App", "larder-demo");

/// How many regions of each account have instances: the fleet's first ones.
const REGIONS: usize = 3;

/// Of so many groups, one has no [`APP_TAG`].
const UNTAGGED: usize = 8;

/// The tag `Name` of one server of the first account in its first region, which is none of the application's: what a
/// page must not take for a part of itself.
const HOSTILE_NAME: &str = "<img src=x onerror=alert(1)>";

const TYPES: [&str; 6] = ["t3.micro", "m5.large", "m5.xlarge", "c5.large", "r5.large", "t3.large"];

/// Servers that are used together.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) index: usize,
    pub(super) kind: Kind,
    pub(super) servers: usize,
    pub(super) template: Arc<Template>,
    /// When its first chapter begins.
    pub(super) since: i64,
}

/// What the servers of a group have in common.
#[derive(Debug)]
pub(crate) struct Template {
    pub(super) kind: Kind,
    pub(crate) account_id: AccountId,
    pub(crate) region: &'static str,
    pub(crate) name: String,
    /// What the tag `Name` says instead, where somebody wrote something else there.
    pub(super) name_tag: Option<&'static str>,
    /// Without the name.
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) instance_type: &'static str,
    pub(crate) hibernation: Hibernation,
    pub(crate) market: Market,
    pub(crate) image_id: String,
    pub(crate) subnet: Subnet,
    /// Id and name.
    pub(crate) security_group: (String, String),
    /// ARN and id.
    pub(crate) instance_profile: Option<(String, String)>,
    pub(crate) key_name: Option<&'static str>,
    /// The region that images are copied from, where they are not built.
    pub(super) images_from: Option<&'static str>,
}

impl Group {
    /// All groups of a fleet, by account and region.
    pub(super) fn all(seed: u64, fleet: &Fleet, counts: &ServerCounts) -> Vec<Self> {
        let mut groups = Vec::new();
        for account in fleet.accounts() {
            for region in fleet.regions().iter().take(REGIONS) {
                let kinds = kinds(counts);
                groups.extend(kinds.enumerate().scan(groups.len(), |first, (nth, (kind, servers))| {
                    let template = template(seed, fleet, (account.id(), region), kind, nth)?;
                    let since = EPOCH + i64::try_from(draw(seed, (nth, region)) % 31_536_000).unwrap_or_default();
                    Some(Self { index: *first + nth, kind, servers, template: Arc::new(template), since })
                }));
            }
        }
        groups
    }

    /// Whether its servers are that account's, in that region.
    pub(super) fn is_of(&self, account: &AccountId, region: &str) -> bool {
        self.template.account_id == *account && self.template.region == region
    }
}

/// The kinds of a place's groups, each with its number of servers.
fn kinds(counts: &ServerCounts) -> impl Iterator<Item = (Kind, usize)> {
    let lively = Kind::LIVELY.into_iter().cycle().scan(counts.lively, |left, kind| {
        let servers = kind.servers().min(*left);
        *left -= servers;
        (servers > 0).then_some((kind, servers))
    });
    lively.chain((0..counts.steady).map(|_| (Kind::Steady, 1)))
}

/// `None` for a region without subnets.
fn template(
    seed: u64,
    fleet: &Fleet,
    (account_id, region): (&AccountId, &'static str),
    kind: Kind,
    nth: usize,
) -> Option<Template> {
    let draw = |what: &str| usize::try_from(draw(seed, (account_id, region, nth, what)) >> 1).unwrap_or_default();
    let subnets: Vec<&Subnet> =
        fleet.subnets(account_id, region).iter().filter(|subnet| subnet.cidr_block.is_some()).collect();
    let subnet = *subnets.get(draw("subnet") % subnets.len().max(1))?;
    let groups = fleet.security_groups(account_id, region);
    let security_group = groups.iter().find(|group| group.vpc_id == subnet.vpc_id)?;
    let profiles = fleet.instance_profiles(account_id);
    let profile = profiles.get(draw("profile") % profiles.len().max(1)).filter(|_| draw("role") % 4 > 0);
    let first = fleet.regions()[0];
    let foremost = fleet.accounts().first().is_some_and(|first| first.id() == account_id) && region == first;
    let hostile = foremost && kind == Kind::Steady && nth == UNTAGGED - 1;
    let mut tags = vec![("Kind".to_owned(), kind.name().to_owned())];
    if nth % UNTAGGED != UNTAGGED - 1 {
        tags.insert(0, (APP_TAG.0.to_owned(), APP_TAG.1.to_owned()));
    }
    Some(Template {
        kind,
        name_tag: hostile.then_some(HOSTILE_NAME),
        instance_profile: profile.map(|profile| (profile.arn.clone(), profile.id.clone())),
        images_from: (region != first).then_some(first),
        key_name: (draw("key") % 3 > 0).then_some("operators"),
        account_id: account_id.clone(),
        region,
        name: format!("{}-{:02}", kind.name(), nth + 1),
        tags,
        instance_type: TYPES[draw("type") % TYPES.len()],
        hibernation: kind.hibernation(),
        market: kind.market(),
        image_id: format!("ami-0{:016x}", draw("image")),
        subnet: subnet.clone(),
        security_group: (security_group.id.clone(), security_group.name.clone()),
    })
}
