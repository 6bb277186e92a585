use super::*;
use crate::epoch::{Incarnation, Marks};
use crate::selector::Selector;

fn listed(counter: u64, resource: Option<&str>) -> Listed {
    let fence = Fence { incarnation: Incarnation::new(1, 2), counter };
    Listed {
        key: "ec2-subnets#us-east-1#111122223333".to_owned(),
        data_type: "ec2-subnets".to_owned(),
        region: "us-east-1".to_owned(),
        account_id: "111122223333".to_owned(),
        created_at: 1,
        expires_at: 2,
        used_at: None,
        warmed: false,
        size: 3,
        fenced: Some(Fenced { fence, resource: resource.map(str::to_owned) }),
    }
}

fn epoch(selector: Selector) -> Epoch {
    Epoch { incarnation: Incarnation::new(1, 2), counter: 7, marks: Marks::from([(selector, 5)]) }
}

#[test]
fn a_listed_entry_is_dead_by_the_same_rule_as_one_that_is_read() {
    let everything = epoch(Selector::EVERYTHING);
    assert_eq!(listed(4, None).is_dead(Some(&everything)), Some(true));
    assert_eq!(listed(5, None).is_dead(Some(&everything)), Some(false));
    let elsewhere = epoch(Selector::EVERYTHING.region("eu-west-1").expect("a region"));
    assert_eq!(listed(4, None).is_dead(Some(&elsewhere)), Some(false));
    let resource = epoch(Selector::EVERYTHING.resource("i-1").expect("a resource"));
    assert_eq!(listed(4, Some("i-2")).is_dead(Some(&resource)), Some(false));
    assert_eq!(listed(4, Some("i-1")).is_dead(Some(&resource)), Some(true));
}

#[test]
fn without_an_epoch_all_are_dead_and_without_a_fence_nobody_knows() {
    assert_eq!(listed(9, None).is_dead(None), Some(true));
    let unknown = Listed { fenced: None, ..listed(4, None) };
    assert_eq!(unknown.is_dead(Some(&epoch(Selector::EVERYTHING))), None);
}
