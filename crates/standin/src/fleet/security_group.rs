use rand::rngs::StdRng;

use super::{AccountId, Subnet, ids};

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in EC2's SecurityGroup")]
pub struct SecurityGroup {
    /// `sg-` and 17 hexadecimal digits.
    pub id: String,
    pub name: String,
    pub description: String,
    pub vpc_id: String,
    pub ingress: Vec<IpPermission>,
    pub egress: Vec<IpPermission>,
    /// Key and value, in the order of their keys.
    pub tags: Vec<(String, String)>,
}

/// What a security group lets in or out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, or `-1` for all.
    pub protocol: &'static str,
    /// First and last port, or ICMP's type and code; absent for all protocols.
    pub ports: Option<(i32, i32)>,
    /// IPv4 blocks, each with its description.
    pub ipv4: Vec<(String, Option<&'static str>)>,
    /// IPv6 blocks.
    pub ipv6: Vec<String>,
    /// Ids of prefix lists.
    pub prefix_lists: Vec<&'static str>,
    /// Security groups of the same account.
    pub groups: Vec<String>,
}

/// Generates the security groups of the VPCs that `subnets` lie in, by VPC.
pub(super) fn generate(rng: &mut StdRng, account: &AccountId, subnets: &[Subnet]) -> Vec<SecurityGroup> {
    let mut vpcs: Vec<(&str, &str)> = Vec::new();
    for subnet in subnets {
        if vpcs.last().is_none_or(|(id, _)| *id != subnet.vpc_id) {
            vpcs.push((&subnet.vpc_id, &subnet.vpc_cidr_block));
        }
    }
    vpcs.iter().flat_map(|vpc| groups_of(rng, account, *vpc)).collect()
}

fn groups_of(rng: &mut StdRng, account: &AccountId, (vpc_id, block): (&str, &str)) -> Vec<SecurityGroup> {
    let mut group = |name: &str, description: &str, ingress: Vec<IpPermission>| SecurityGroup {
        id: ids::new(rng, "sg"),
        name: name.to_owned(),
        description: description.to_owned(),
        vpc_id: vpc_id.to_owned(),
        ingress,
        egress: vec![anywhere(IpPermission { protocol: "-1", ..IpPermission::default() })],
        tags: vec![("Name".to_owned(), name.to_owned()), ("Owner".to_owned(), format!("team-{account}"))],
    };
    let mut default = group("default", "default VPC security group", Vec::new());
    default.ingress.push(IpPermission { protocol: "-1", groups: vec![default.id.clone()], ..IpPermission::default() });
    default.tags.clear();
    if block.starts_with("172.31.") {
        return vec![default];
    }
    let inside = |description| vec![(block.to_owned(), Some(description))];
    let web = group("web", "Web & API <public>", vec![anywhere(tcp(443, 443)), anywhere(tcp(80, 80))]);
    let app = group("app", "From the web tier", vec![from(&web, tcp(8080, 8090))]);
    let database =
        group("database", "From the application", vec![from(&app, tcp(5432, 5432)), from(&app, tcp(3306, 3306))]);
    let staging = IpPermission { ipv4: inside("replication agents"), ..tcp(1500, 1500) };
    let staging = group("drs-staging", "DRS replication servers", vec![staging]);
    let ping =
        IpPermission { protocol: "icmp", ports: Some((-1, -1)), ipv4: inside("ping"), ..IpPermission::default() };
    let login = IpPermission { prefix_lists: vec!["pl-0a1b2c3d4e5f60718"], ..tcp(22, 22) };
    let mut bastion = group("bastion", "Operators", vec![ping, login]);
    bastion.egress.clear();
    vec![default, web, app, database, staging, bastion]
}

fn tcp(first: i32, last: i32) -> IpPermission {
    IpPermission { protocol: "tcp", ports: Some((first, last)), ..IpPermission::default() }
}

fn from(group: &SecurityGroup, permission: IpPermission) -> IpPermission {
    IpPermission { groups: vec![group.id.clone()], ..permission }
}

fn anywhere(permission: IpPermission) -> IpPermission {
    let (ipv4, ipv6) = (vec![("0.0.0.0/0".to_owned(), None)], vec!["::/0".to_owned()]);
    IpPermission { ipv4, ipv6, ..permission }
}
