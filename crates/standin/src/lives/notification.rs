use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Life;
use super::life::Transition;
use super::seed::draw;

/// An EC2 Instance State-change Notification of EventBridge, on its way.
#[derive(Debug, Clone)]
pub struct Notification {
    /// When it arrives.
    pub arrives: Timestamp,
    /// Of which instance.
    pub life: Arc<Life>,
    /// What it tells of: its `time` is when that happened.
    pub transition: Transition,
}

impl Notification {
    /// The event's own id; its second copy has the same.
    #[must_use]
    pub fn id(&self) -> String {
        let (high, low) = (id(&self.life, &self.transition), draw(2, (&self.life.id, self.transition.time)));
        uuid(high, low)
    }

    /// The whole event, as a rule's target gets it.
    #[must_use]
    pub fn document(&self) -> Value {
        let Life { id, account_id, region, .. } = &*self.life;
        json!({
            "version": "0",
            "id": self.id(),
            "detail-type": "EC2 Instance State-change Notification",
            "source": "aws.ec2",
            "account": account_id.as_str(),
            "time": self.transition.time.to_string(),
            "region": region,
            "resources": [format!("arn:aws:ec2:{region}:{account_id}:instance/{id}")],
            "detail": { "instance-id": id, "state": self.transition.state.as_str() },
        })
    }
}

/// What the event's delivery follows from.
pub(super) fn id(life: &Life, transition: &Transition) -> u64 {
    draw(1, (&life.id, transition.time))
}

/// A version 4 UUID of these bits.
pub(super) fn uuid(high: u64, low: u64) -> String {
    let hex = format!("{high:016x}{low:016x}");
    let [a, b, c, d, e] = [0..8, 8..12, 13..16, 17..20, 20..32].map(|part| &hex[part]);
    format!("{a}-{b}-4{c}-a{d}-{e}")
}
