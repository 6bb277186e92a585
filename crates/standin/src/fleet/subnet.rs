use rand::RngExt;
use rand::rngs::StdRng;

use super::ids;
use super::plan::{PLAN, Row};

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// `subnet-` and 17 hexadecimal digits.
    pub id: String,
    /// `vpc-` and 17 hexadecimal digits.
    pub vpc_id: String,
    /// The IPv4 block of its VPC.
    pub vpc_cidr_block: String,
    /// Its IPv4 block; absent for an IPv6-only subnet.
    pub cidr_block: Option<String>,
    /// Its IPv6 block, with the id of the association.
    pub ipv6_cidr_block: Option<(String, String)>,
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// Such as `use1-az1`; the same name means another zone in another account.
    pub availability_zone_id: String,
    /// IPv4 addresses that are free.
    pub available_ip_address_count: u32,
    /// Whether it is its zone's default subnet.
    pub default_for_az: bool,
    /// Whether instances get a public IPv4 address.
    pub map_public_ip_on_launch: bool,
    /// Key and value, in the order of their keys.
    pub tags: Vec<(String, String)>,
}

/// The part of a VPC that all zones have a subnet of.
struct Tier {
    name: &'static str,
    prefix: u8,
    /// The third number of the block in the nth zone.
    third: fn(u8) -> u8,
}

/// No two blocks overlap: the /24s lie below x.y.16.0, where the /20s begin.
const TIERS: [Tier; 4] = [
    Tier { name: "public", prefix: 24, third: |zone| zone },
    Tier { name: "data", prefix: 24, third: |zone| 4 + zone },
    Tier { name: "drs-staging", prefix: 24, third: |zone| 8 + zone },
    Tier { name: "private", prefix: 20, third: |zone| 16 + 16 * zone },
];
const ZONES: [(u8, char); 3] = [(0, 'a'), (1, 'b'), (2, 'c')];
const VPC_NAMES: [&str; 5] = ["core", "edge", "payments", "analytics", "recovery"];

/// Generates the subnets of one account in one region.
pub(super) fn generate(rng: &mut StdRng, row: &Row) -> Vec<Subnet> {
    let mut subnets = default_vpc(rng, row);
    let first = first_block(row);
    for nth in 0..row.vpcs {
        let name = format!("{}-{}", VPC_NAMES[usize::from(nth) % 5], nth / 5 + 1);
        let vpc_id = ids::new(rng, "vpc");
        let block = format!("10.{}", first + nth);
        for tier in &TIERS {
            for zone in ZONES {
                subnets.push(tiered(rng, row, (&vpc_id, &name, &block), tier, zone));
            }
        }
        if nth == 0 && row.ipv6_only.is_some() {
            let template = subnets[subnets.len() - 1].clone();
            subnets.push(ipv6_only(rng, template));
        }
    }
    subnets
}

/// An account's VPCs have distinct blocks, so that they can be peered across regions.
fn first_block(row: &Row) -> u8 {
    PLAN.iter()
        .take_while(|other| !std::ptr::eq(*other, row))
        .filter(|other| other.account == row.account)
        .map(|other| other.vpcs)
        .sum()
}

fn default_vpc(rng: &mut StdRng, row: &Row) -> Vec<Subnet> {
    let vpc_id = ids::new(rng, "vpc");
    ZONES
        .map(|zone| Subnet {
            id: ids::new(rng, "subnet"),
            vpc_id: vpc_id.clone(),
            vpc_cidr_block: "172.31.0.0/16".to_owned(),
            cidr_block: Some(format!("172.31.{}.0/20", 16 * zone.0)),
            ipv6_cidr_block: None,
            availability_zone: format!("{}{}", row.region, zone.1),
            availability_zone_id: zone_id(row, zone.0),
            available_ip_address_count: 4091,
            default_for_az: true,
            map_public_ip_on_launch: true,
            tags: Vec::new(),
        })
        .into()
}

fn tiered(
    rng: &mut StdRng,
    row: &Row,
    (vpc_id, vpc_name, block): (&str, &str, &str),
    tier: &Tier,
    (zone, letter): (u8, char),
) -> Subnet {
    // AWS keeps five addresses of every block for itself.
    let usable = (1_u32 << (32 - tier.prefix)) - 5;
    let mut tags = vec![
        ("Environment", ["production", "staging"][row.account].to_owned()),
        ("Name", format!("{vpc_name}-{}-{letter}", tier.name)),
        ("Tier", tier.name.to_owned()),
    ];
    if rng.random_bool(0.2) {
        // Tags of real fleets hold what XML must escape.
        tags.push(("Team", "Storage & Recovery <dr>".to_owned()));
    }
    Subnet {
        id: ids::new(rng, "subnet"),
        vpc_id: vpc_id.to_owned(),
        vpc_cidr_block: format!("{block}.0.0/16"),
        cidr_block: Some(format!("{block}.{}.0/{}", (tier.third)(zone), tier.prefix)),
        ipv6_cidr_block: None,
        availability_zone: format!("{}{letter}", row.region),
        availability_zone_id: zone_id(row, zone),
        available_ip_address_count: usable - rng.random_range(0..usable / 2),
        default_for_az: false,
        map_public_ip_on_launch: tier.name == "public",
        tags: tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

fn ipv6_only(rng: &mut StdRng, template: Subnet) -> Subnet {
    let association = ids::new(rng, "subnet-cidr-assoc");
    Subnet {
        id: ids::new(rng, "subnet"),
        cidr_block: None,
        ipv6_cidr_block: Some((association, "2600:1f18:4c3a:9e20::/64".to_owned())),
        available_ip_address_count: 0,
        tags: vec![("Name".to_owned(), "core-1-ipv6-only".to_owned())],
        ..template
    }
}

fn zone_id(row: &Row, zone: u8) -> String {
    let region = match row.region {
        "us-east-1" => "use1",
        "us-west-2" => "usw2",
        "eu-west-1" => "euw1",
        "eu-central-1" => "euc1",
        _ => "apse2",
    };
    let shifted = (usize::from(zone) + row.account) % ZONES.len() + 1;
    format!("{region}-az{shifted}")
}
