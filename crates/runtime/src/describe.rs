use serde::Deserialize;

use crate::answer::Server;
use crate::evidence::{Described, Hibernation};
use crate::second::Second;
use crate::state::InstanceState;

/// What `aws ec2 describe-instances` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    reservations: Vec<Reservation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reservation {
    #[serde(default)]
    owner_id: Option<String>,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    instance_id: String,
    #[serde(default)]
    state: Option<State>,
    #[serde(default)]
    launch_time: Option<Second>,
    #[serde(default)]
    state_transition_reason: String,
    #[serde(default)]
    network_interfaces: Vec<NetworkInterface>,
    #[serde(default)]
    hibernation_options: HibernationOptions,
    #[serde(default)]
    placement: Placement,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    name: InstanceState,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkInterface {
    #[serde(default)]
    attachment: Option<Attachment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    device_index: Option<u32>,
    attach_time: Option<Second>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct HibernationOptions {
    configured: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Placement {
    availability_zone: Option<String>,
}

/// Reads what `aws ec2 describe-instances` prints.
///
/// # Errors
/// If it is anything else.
pub fn read_described(json: &[u8]) -> Result<Vec<(Server, Described)>, serde_json::Error> {
    let answer: Answer = serde_json::from_slice(json)?;
    let reservations = answer.reservations.into_iter();
    Ok(reservations
        .flat_map(|Reservation { owner_id, instances }| {
            instances.into_iter().filter_map(move |instance| instance.described(owner_id.clone()))
        })
        .collect())
}

impl Instance {
    /// `None` without a state, which tells nothing.
    fn described(self, account_id: Option<String>) -> Option<(Server, Described)> {
        let zone = self.placement.availability_zone;
        // Of an availability zone; the name of a local zone has more behind its region's.
        let region = zone.map(|zone| zone.split('-').take(3).collect::<Vec<_>>().join("-"));
        let region = region.map(|region| region.trim_end_matches(|last: char| last.is_ascii_lowercase()).to_owned());
        let primary = |interface: &NetworkInterface| {
            let attachment = interface.attachment.as_ref()?;
            attachment.attach_time.filter(|_| attachment.device_index == Some(0))
        };
        let described = Described {
            state: self.state?.name,
            launched: self.launch_time,
            ended: time_of_reason(&self.state_transition_reason),
            created: self.network_interfaces.iter().find_map(primary),
            hibernates: if self.hibernation_options.configured { Hibernation::Configured } else { Hibernation::Off },
        };
        Some((Server { instance_id: self.instance_id, account_id, region }, described))
    }
}

/// The time in a `StateTransitionReason`, such as `User initiated (2025-11-02 12:30:00 GMT)`; one that shut itself down
/// has none.
#[must_use]
fn time_of_reason(reason: &str) -> Option<Second> {
    let (_, time) = reason.rsplit_once('(')?;
    let (date, time) = time.strip_suffix(" GMT)")?.split_once(' ')?;
    format!("{date}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_a_time_where_a_call_was_the_reason() {
        let time = |reason| time_of_reason(reason).map(|time| time.to_string());
        assert_eq!(time("User initiated (2025-11-02 12:30:00 GMT)").as_deref(), Some("2025-11-02T12:30:00Z"));
        for without in ["", "User initiated", "Server.SpotInstanceTermination", "User initiated (today GMT)", "(GMT)"] {
            assert_eq!(time(without), None, "{without}");
        }
    }

    #[test]
    fn an_instance_is_read_with_where_and_whose_it_is() {
        let json = br#"{"Reservations": [{"OwnerId": "111122223333", "Instances": [{
            "InstanceId": "i-1", "State": {"Code": 80, "Name": "stopped"}, "LaunchTime": "2025-11-02T10:00:00+00:00",
            "StateTransitionReason": "User initiated (2025-11-02 12:30:00 GMT)",
            "NetworkInterfaces": [{"Attachment": {"DeviceIndex": 1, "AttachTime": "2025-11-01T00:00:00Z"}},
                                  {"Attachment": {"DeviceIndex": 0, "AttachTime": "2025-10-01T00:00:00Z"}}],
            "HibernationOptions": {"Configured": true}, "Placement": {"AvailabilityZone": "us-east-1-bos-1a"}}]}]}"#;
        let [(server, described)] = read_described(json).expect("an answer").try_into().expect("one");
        let region = Some("us-east-1".to_owned());
        assert_eq!(
            server,
            Server { instance_id: "i-1".to_owned(), account_id: Some("111122223333".to_owned()), region }
        );
        let second = |text: &str| Some(text.parse().expect("ISO 8601"));
        let expected = Described {
            state: InstanceState::Stopped,
            launched: second("2025-11-02T10:00:00Z"),
            ended: second("2025-11-02T12:30:00Z"),
            created: second("2025-10-01T00:00:00Z"),
            hibernates: Hibernation::Configured,
        };
        assert_eq!(described, expected);
        assert!(read_described(b"{}").is_err());
    }
}
