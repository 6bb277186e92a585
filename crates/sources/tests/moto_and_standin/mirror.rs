//! Makes in moto what the stand-in's fleet has.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    Filter, IpPermission, IpRange, Ipv6Range, PrefixListId, ResourceType, Tag, TagSpecification, UserIdGroupPair,
};
use larder_sources::Region;
use larder_standin::{SecurityGroup, Subnet};

use crate::pair::{Pair, REGION};

/// What moto calls each resource of the fleet.
pub(crate) type Names = BTreeMap<String, String>;

impl Pair {
    fn ec2(&self) -> aws_sdk_ec2::Client {
        self.theirs.ec2(Region::parse(REGION).expect("a region"))
    }

    /// The fleet's VPCs and subnets, but for those without IPv4. moto has a default VPC with a subnet in every zone, and
    /// the fleet in three.
    ///
    /// Of a subnet without IPv4 moto says that 18446744073709551611 IPv4 addresses are free, which is no `Integer` as the
    /// service's model has it, so that no SDK for a typed language reads the answer. AWS says 0.
    pub(crate) async fn mirror_subnets(&self) -> Names {
        let ec2 = self.ec2();
        let subnets = self.standin.fleet().subnets(self.account().id(), REGION);
        let mut names = Names::new();
        let zones: BTreeSet<_> = subnets.iter().map(|subnet| subnet.availability_zone.as_str()).collect();
        let default = ec2.describe_subnets().send().await.expect("an answer").subnets.unwrap_or_default();
        for theirs in default {
            let id = theirs.subnet_id.expect("an id");
            let zone = theirs.availability_zone.expect("a zone");
            if !zones.contains(&*zone) {
                ec2.delete_subnet().subnet_id(id).send().await.expect("it is deleted");
                continue;
            }
            let ours = subnets.iter().find(|subnet| subnet.default_for_az && subnet.availability_zone == zone);
            let ours = ours.expect("the fleet has a default subnet in the zone");
            names.insert(ours.id.clone(), id);
            names.insert(ours.vpc_id.clone(), theirs.vpc_id.expect("a VPC"));
        }
        for subnet in subnets.iter().filter(|subnet| !subnet.default_for_az && subnet.cidr_block.is_some()) {
            if !names.contains_key(&subnet.vpc_id) {
                let vpc = ec2.create_vpc().cidr_block(&subnet.vpc_cidr_block).send().await.expect("it is made").vpc;
                names.insert(subnet.vpc_id.clone(), vpc.and_then(|vpc| vpc.vpc_id).expect("an id"));
            }
            names.insert(subnet.id.clone(), make_subnet(&ec2, &names[&subnet.vpc_id], subnet).await);
        }
        names
    }

    /// The security groups of the fleet, in the VPCs that were made.
    pub(crate) async fn mirror_security_groups(&self, mut names: Names) -> Names {
        let ec2 = self.ec2();
        let groups = self.standin.fleet().security_groups(self.account().id(), REGION);
        for group in groups {
            let id = group_of(&ec2, &names[&group.vpc_id], group).await;
            names.insert(group.id.clone(), id);
        }
        for group in groups {
            let id = &names[&group.id];
            let there = ec2.describe_security_groups().group_ids(id).send().await.expect("an answer");
            let there = there.security_groups.unwrap_or_default().remove(0);
            if let Some(egress) = there.ip_permissions_egress.filter(|rules| !rules.is_empty()) {
                let revoked = ec2.revoke_security_group_egress().group_id(id).set_ip_permissions(Some(egress));
                revoked.send().await.expect("they are gone");
            }
            if let Some(ingress) = there.ip_permissions.filter(|rules| !rules.is_empty()) {
                let revoked = ec2.revoke_security_group_ingress().group_id(id).set_ip_permissions(Some(ingress));
                revoked.send().await.expect("they are gone");
            }
            if let Some(rules) = rules(&group.ingress, &names) {
                let ingress = ec2.authorize_security_group_ingress().group_id(id).set_ip_permissions(Some(rules));
                ingress.send().await.expect("they are made");
            }
            if let Some(rules) = rules(&group.egress, &names) {
                let egress = ec2.authorize_security_group_egress().group_id(id).set_ip_permissions(Some(rules));
                egress.send().await.expect("they are made");
            }
        }
        names
    }

    /// The instance profiles of the fleet, with their roles.
    pub(crate) async fn mirror_instance_profiles(&self) -> Names {
        let iam = self.theirs.iam();
        let mut names = Names::new();
        for profile in self.standin.fleet().instance_profiles(self.account().id()) {
            let made = iam.create_instance_profile().instance_profile_name(&profile.name).path(&profile.path);
            let made = made.send().await.expect("it is made").instance_profile.expect("it is told");
            names.insert(profile.id.clone(), made.instance_profile_id);
            let Some(role) = &profile.role else { continue };
            let made = iam.create_role().role_name(&role.name).path(&role.path).assume_role_policy_document("{}");
            made.send().await.expect("it is made");
            let add = iam.add_role_to_instance_profile().instance_profile_name(&profile.name).role_name(&role.name);
            add.send().await.expect("it is added");
        }
        names
    }
}

async fn make_subnet(ec2: &aws_sdk_ec2::Client, vpc: &str, subnet: &Subnet) -> String {
    let made = ec2
        .create_subnet()
        .vpc_id(vpc)
        .availability_zone(&subnet.availability_zone)
        .set_cidr_block(subnet.cidr_block.clone())
        .set_tag_specifications(tagged(ResourceType::Subnet, &subnet.tags));
    let made = made.send().await.expect("it is made").subnet;
    made.and_then(|subnet| subnet.subnet_id).expect("an id")
}

/// The VPC's own default group, or a new one.
async fn group_of(ec2: &aws_sdk_ec2::Client, vpc: &str, group: &SecurityGroup) -> String {
    if group.name == "default" {
        let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
        let found =
            ec2.describe_security_groups().filters(filter("vpc-id", vpc)).filters(filter("group-name", "default"));
        let found = found.send().await.expect("an answer").security_groups.unwrap_or_default();
        return found[0].group_id().expect("an id").to_owned();
    }
    let made = ec2.create_security_group().group_name(&group.name).description(&group.description).vpc_id(vpc);
    let made = made.set_tag_specifications(tagged(ResourceType::SecurityGroup, &group.tags));
    made.send().await.expect("it is made").group_id.expect("an id")
}

fn rules(permissions: &[larder_standin::IpPermission], names: &Names) -> Option<Vec<IpPermission>> {
    let permission = |of: &larder_standin::IpPermission| {
        let v4 = of.ipv4.iter().map(|(block, description)| {
            IpRange::builder().cidr_ip(block).set_description(description.map(str::to_owned)).build()
        });
        let v6 = of.ipv6.iter().map(|block| Ipv6Range::builder().cidr_ipv6(block).build());
        let lists = of.prefix_lists.iter().map(|list| PrefixListId::builder().prefix_list_id(*list).build());
        let groups = of.groups.iter().map(|group| UserIdGroupPair::builder().group_id(&names[group]).build());
        let some = |empty: bool| (!empty).then_some(());
        IpPermission::builder()
            .ip_protocol(of.protocol)
            .set_from_port(of.ports.map(|(from, _)| from))
            .set_to_port(of.ports.map(|(_, to)| to))
            .set_ip_ranges(some(of.ipv4.is_empty()).map(|()| v4.collect()))
            .set_ipv6_ranges(some(of.ipv6.is_empty()).map(|()| v6.collect()))
            .set_prefix_list_ids(some(of.prefix_lists.is_empty()).map(|()| lists.collect()))
            .set_user_id_group_pairs(some(of.groups.is_empty()).map(|()| groups.collect()))
            .build()
    };
    (!permissions.is_empty()).then(|| permissions.iter().map(permission).collect())
}

fn tagged(kind: ResourceType, tags: &[(String, String)]) -> Option<Vec<TagSpecification>> {
    let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    (!tags.is_empty()).then(|| vec![TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()])
}
