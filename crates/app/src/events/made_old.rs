use larder_sources::{DATA_TYPES, DataType, MadeOldBy};

use super::event::Happened;

/// The data types whose rows say that such an event makes them old.
pub(super) fn made_old_by(happened: &Happened) -> Vec<&'static DataType> {
    DATA_TYPES.iter().filter(|row| row.made_old_by.iter().any(|by| is_made_old(by, happened))).collect()
}

fn is_made_old(by: &MadeOldBy, happened: &Happened) -> bool {
    match (by, happened) {
        (MadeOldBy::StateChange, Happened::StateChange { .. }) => true,
        (MadeOldBy::EventsOf(of), Happened::OfService { service }) => of == service,
        (MadeOldBy::EventsOf(of), Happened::Call(call)) => *of == call.service,
        (MadeOldBy::Calls { service, names }, Happened::Call(call)) => {
            *service == call.service && names.contains(&&*call.name)
        }
        (MadeOldBy::TagsOf(prefix), Happened::Call(call)) => {
            let is_one = |tagged: &Vec<String>| tagged.iter().any(|id| id.starts_with(prefix));
            call.service == "ec2"
                && MadeOldBy::TAGGING.contains(&&*call.name)
                && call.tagged.as_ref().is_none_or(is_one)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use larder_runtime::{Changed, InstanceState, Second};
    use rstest::rstest;

    use super::*;
    use crate::events::event::Call;

    const WRITES: MadeOldBy = MadeOldBy::Calls { service: "ec2", names: &["CreateSubnet", "DeleteSubnet"] };
    const TAGS: MadeOldBy = MadeOldBy::TagsOf("subnet-");
    const DRS: MadeOldBy = MadeOldBy::EventsOf("drs");

    fn call(service: &str, name: &str) -> Happened {
        Happened::Call(Call { service: service.to_owned(), name: name.to_owned(), tagged: None })
    }

    fn tagged(ids: &[&str]) -> Happened {
        let tagged = Some(ids.iter().map(|id| (*id).to_owned()).collect());
        Happened::Call(Call { service: "ec2".to_owned(), name: "DeleteTags".to_owned(), tagged })
    }

    fn of_service(service: &str) -> Happened {
        Happened::OfService { service: service.to_owned() }
    }

    fn state_change() -> Happened {
        let changed = Changed { time: Second::of_unix(0), state: InstanceState::Running, event_id: "1".to_owned() };
        Happened::StateChange { instance_id: "i-1".to_owned(), changed }
    }

    #[rstest]
    #[case(MadeOldBy::StateChange, state_change(), true)]
    #[case(MadeOldBy::StateChange, of_service("ec2"), false)]
    #[case(DRS, of_service("drs"), true)]
    #[case(DRS, call("drs", "StartRecovery"), true)]
    #[case(DRS, of_service("ec2"), false)]
    #[case(DRS, state_change(), false)]
    #[case(WRITES, call("ec2", "DeleteSubnet"), true)]
    #[case(WRITES, call("ec2", "DeleteVpc"), false)]
    #[case(WRITES, call("drs", "DeleteSubnet"), false)]
    #[case(WRITES, of_service("ec2"), false)]
    #[case(TAGS, tagged(&["i-1", "subnet-1"]), true)]
    #[case(TAGS, tagged(&["i-1", "sg-1"]), false)]
    #[case(TAGS, call("ec2", "CreateTags"), true)]
    #[case(TAGS, call("ec2", "CreateSubnet"), false)]
    #[case(TAGS, call("ecs", "CreateTags"), false)]
    fn a_row_is_made_old_by_what_it_says_alone(
        #[case] by: MadeOldBy,
        #[case] by_what: Happened,
        #[case] expected: bool,
    ) {
        assert_eq!(is_made_old(&by, &by_what), expected);
    }

    #[rstest]
    #[case(of_service("drs"), &["drs-quotas", "drs-source-servers"])]
    #[case(call("ec2", "CreateDefaultVpc"), &["ec2-security-groups", "ec2-subnets"])]
    #[case(call("ec2", "AuthorizeSecurityGroupIngress"), &["ec2-security-groups"])]
    #[case(tagged(&["subnet-1"]), &["ec2-subnets"])]
    #[case(call("iam", "AddRoleToInstanceProfile"), &["ec2-instance-profiles"])]
    #[case(call("ec2", "AttachVolume"), &["ec2-instances"])]
    #[case(call("ec2", "CreateImage"), &["ec2-amis", "ec2-snapshots"])]
    #[case(tagged(&["i-1", "snap-1"]), &["ec2-instances", "ec2-snapshots"])]
    #[case(call("ec2", "RunInstances"), &[])]
    #[case(state_change(), &["ec2-instances"])]
    fn an_event_makes_these_old(#[case] happened: Happened, #[case] expected: &[&str]) {
        let names: Vec<_> = made_old_by(&happened).iter().map(|row| row.name).collect();
        assert_eq!(names, expected);
    }
}
