//! What was asked for and answered, as CloudTrail tells it.

use serde_json::{Value, json};

use super::act::{Act, Target};
use super::deed::{Refusal, What};
use super::{Hibernation, InstanceState, Life, Market, second};

/// An event's `requestParameters`.
pub(super) fn request_parameters(act: &Act, lives: &[&Life]) -> Value {
    let instances: Vec<Value> = lives.iter().map(|life| json!({ "instanceId": life.id })).collect();
    let mut parameters = match act.what {
        What::Evict => return Value::Null,
        What::Run => launch_parameters(lives),
        _ => json!({ "instancesSet": { "items": instances } }),
    };
    match act.what {
        What::Stop => parameters["force"] = false.into(),
        What::Hibernate => parameters["hibernate"] = true.into(),
        _ => {}
    }
    if act.refused == Some(Refusal::DryRun) {
        parameters["dryRun"] = true.into();
    }
    parameters
}

/// An event's `responseElements`: null of what was refused, and of what nobody asked for.
pub(super) fn response_elements(act: &Act, lives: &[&Life], account: &str, request_id: &str) -> Value {
    if act.refused.is_some() || act.what == What::Evict {
        return Value::Null;
    }
    match act.what {
        What::Reboot => json!({ "requestId": request_id, "_return": true }),
        What::Run => {
            let items: Vec<Value> = lives.iter().map(|life| launched(life, account)).collect();
            let reservation = lives.first().map(|life| life.reservation_id.as_str());
            json!({
                "requestId": request_id,
                "reservationId": reservation,
                "ownerId": account,
                "groupSet": {},
                "instancesSet": { "items": items },
            })
        }
        _ => {
            let items: Vec<Value> = act.targets.iter().zip(lives).map(|(target, life)| change(target, life)).collect();
            json!({ "requestId": request_id, "instancesSet": { "items": items } })
        }
    }
}

fn change(target: &Target, life: &Life) -> Value {
    let [current, previous] = [target.current, target.previous].map(state);
    json!({ "instanceId": life.id, "currentState": current, "previousState": previous })
}

fn state(state: InstanceState) -> Value {
    json!({ "code": state.code(), "name": state.as_str() })
}

fn launch_parameters(lives: &[&Life]) -> Value {
    let Some(first) = lives.first() else {
        let items = json!([{ "imageId": "ami-0a1b2c3d4e5f60718", "minCount": 1, "maxCount": 40 }]);
        return json!({ "instancesSet": { "items": items }, "instanceType": "p2.xlarge" });
    };
    let template = &first.template;
    let count = lives.len();
    let mut parameters = json!({
        "instancesSet": { "items": [{ "imageId": template.image_id, "minCount": count, "maxCount": count }] },
        "instanceType": template.instance_type,
        "blockDeviceMapping": {},
        "monitoring": { "enabled": false },
        "subnetId": template.subnet.id,
        "disableApiTermination": false,
        "hibernationOptions": { "configured": template.hibernation == Hibernation::Configured },
        "tagSpecificationSet": { "items": [{ "resourceType": "instance", "tags": tags(&template.tags) }] },
    });
    if template.market == Market::Spot {
        parameters["instanceMarketOptions"] = json!({ "marketType": "spot" });
    }
    parameters
}

fn launched(life: &Life, account: &str) -> Value {
    let template = &life.template;
    let at = second(life.created) * 1_000;
    let mut instance = json!({
        "instanceId": life.id,
        "imageId": template.image_id,
        "instanceState": state(InstanceState::Pending),
        "amiLaunchIndex": life.launch_index,
        "productCodes": {},
        "instanceType": life.instance_type,
        "launchTime": at,
        "placement": { "availabilityZone": template.subnet.availability_zone, "tenancy": "default" },
        "monitoring": { "state": "disabled" },
        "subnetId": template.subnet.id,
        "vpcId": template.subnet.vpc_id,
        "stateReason": { "code": "pending", "message": "pending" },
        "architecture": "x86_64",
        "tagSet": { "items": tags(&life.tags) },
        "networkInterfaceSet": { "items": [{
            "networkInterfaceId": life.network_interface_id(),
            "ownerId": account,
            "status": "in-use",
            "attachment": { "deviceIndex": 0, "status": "attaching", "attachTime": at, "deleteOnTermination": true },
        }] },
        "hibernationOptions": { "configured": life.hibernation == Hibernation::Configured },
    });
    if life.market == Market::Spot {
        instance["instanceLifecycle"] = "spot".into();
    }
    instance
}

fn tags(tags: &[(String, String)]) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}
