use aws_sdk_ec2::types::{IpPermission, UserIdGroupPair};
use serde::Serialize;
use utoipa::ToSchema;

use super::DESCRIBE_SECURITY_GROUPS;
use crate::FetchError;

/// What a security group lets through: a protocol and ports, for all of the others named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `all`.
    pub(crate) protocol: String,
    /// `443`, `1024-65535`, or `all`; of ICMP the type, and the code if only one: `8`, `3/4`.
    pub(crate) ports: String,
    /// The address ranges, IPv4 and IPv6: `10.0.0.0/16`, `::/0`.
    pub(crate) cidrs: Vec<String>,
    /// The prefix lists: `pl-` and their ids.
    pub(crate) prefix_lists: Vec<String>,
    /// The security groups: their ids, behind the account and a `/` if that is another one.
    pub(crate) groups: Vec<String>,
}

/// The rules of one direction of a group of `owner`, sorted so that the same rules are the same bytes.
///
/// # Errors
/// [`crate::FailureKind::Malformed`] for a rule that lets through nobody knows what.
pub(super) fn all(permissions: Option<Vec<IpPermission>>, owner: Option<&str>) -> Result<Vec<Rule>, FetchError> {
    let mut permissions = permissions.unwrap_or_default();
    permissions.sort_by(|a, b| place(a).cmp(&place(b)));
    permissions.into_iter().map(|permission| rule(permission, owner)).collect()
}

fn place(permission: &IpPermission) -> (Option<&str>, Option<i32>, Option<i32>) {
    (permission.ip_protocol(), permission.from_port(), permission.to_port())
}

fn rule(permission: IpPermission, owner: Option<&str>) -> Result<Rule, FetchError> {
    let without = |what| FetchError::without(DESCRIBE_SECURITY_GROUPS, what);
    let protocol = permission.ip_protocol.ok_or_else(|| without("ipProtocol"))?;
    let ports = ports(&protocol, permission.from_port, permission.to_port);
    let v4 = permission.ip_ranges.into_iter().flatten().map(|range| range.cidr_ip);
    let v6 = permission.ipv6_ranges.into_iter().flatten().map(|range| range.cidr_ipv6);
    let lists = permission.prefix_list_ids.into_iter().flatten().map(|list| list.prefix_list_id);
    let groups = permission.user_id_group_pairs.into_iter().flatten().map(|group| group_of(group, owner));
    Ok(Rule {
        ports: ports.ok_or_else(|| without("a fromPort and a toPort"))?,
        protocol: if protocol == "-1" { "all".to_owned() } else { protocol },
        cidrs: sorted(v4.chain(v6)).ok_or_else(|| without("cidrIp or cidrIpv6"))?,
        prefix_lists: sorted(lists).ok_or_else(|| without("prefixListId"))?,
        groups: sorted(groups).ok_or_else(|| without("groupId"))?,
    })
}

/// A protocol without ports has none here either; -1 stands for all.
fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> Option<String> {
    let is_icmp = matches!(protocol, "icmp" | "icmpv6" | "1" | "58");
    Some(match (from, to) {
        (None | Some(-1), None | Some(-1)) if is_icmp || !matches!(protocol, "tcp" | "udp") => "all".to_owned(),
        (Some(-1), Some(-1)) => "all".to_owned(),
        (Some(kind), None | Some(-1)) if is_icmp => kind.to_string(),
        (Some(kind), Some(code)) if is_icmp => format!("{kind}/{code}"),
        (Some(0), Some(65_535)) => "all".to_owned(),
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}-{to}"),
        _ => return None,
    })
}

fn group_of(pair: UserIdGroupPair, owner: Option<&str>) -> Option<String> {
    let group = pair.group_id.or(pair.group_name)?;
    let account = pair.user_id.filter(|account| Some(account.as_str()) != owner);
    Some(account.map(|account| format!("{account}/{group}")).unwrap_or(group))
}

fn sorted(names: impl Iterator<Item = Option<String>>) -> Option<Vec<String>> {
    let mut names = names.collect::<Option<Vec<_>>>()?;
    names.sort();
    Some(names)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("tcp", Some(443), Some(443), Some("443"))]
    #[case("tcp", Some(1_024), Some(65_535), Some("1024-65535"))]
    #[case("udp", Some(0), Some(65_535), Some("all"))]
    #[case("tcp", Some(-1), Some(-1), Some("all"))]
    #[case("tcp", Some(0), Some(0), Some("0"))]
    #[case("tcp", None, None, None)]
    #[case("tcp", Some(443), None, None)]
    #[case("-1", None, None, Some("all"))]
    #[case("-1", Some(-1), Some(-1), Some("all"))]
    #[case("50", None, None, Some("all"))]
    #[case("icmp", Some(-1), Some(-1), Some("all"))]
    #[case("icmp", Some(8), Some(-1), Some("8"))]
    #[case("icmp", Some(3), Some(4), Some("3/4"))]
    #[case("icmpv6", None, None, Some("all"))]
    #[case("icmpv6", Some(128), Some(0), Some("128/0"))]
    fn ports_read_as_people_write_them(
        #[case] protocol: &str,
        #[case] from: Option<i32>,
        #[case] to: Option<i32>,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(ports(protocol, from, to).as_deref(), expected);
    }
}
