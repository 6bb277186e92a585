use std::collections::BTreeSet;

use larder_runtime::Month;
use larder_sources::{AccountId, Region};
use serde::Deserialize;
use serde_json::Value;

use super::Place;
use crate::problem::{Code, Problem, without_secrets};
use crate::queries::{account_of_text, region_of_text};

/// What is to be worked out: all, unless something is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalculationRequest {
    /// That month alone, instead of the current one and the one before until it is final.
    pub month: Option<Month>,
    /// In these accounts; in all if empty.
    pub accounts: BTreeSet<AccountId>,
    /// In these regions; in all if empty.
    pub regions: BTreeSet<Region>,
    /// Of these servers; of all if empty.
    pub instance_ids: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Event {
    month: Option<String>,
    accounts: Vec<String>,
    regions: Vec<String>,
    instance_ids: BTreeSet<String>,
}

impl CalculationRequest {
    /// Reads a direct invocation's event, `{month?, accounts?, regions?, instanceIds?}`. One of EventBridge's schedule
    /// names nothing.
    ///
    /// # Errors
    /// [`Code::InvalidBody`] and those of accounts and regions, with what would be right.
    pub fn parse(event: &Value, current: Month) -> Result<Self, Problem> {
        if event.is_null() || event.get("detail-type").is_some() {
            return Ok(Self::default());
        }
        let invalid = |reason: String| {
            let detail = format!("The event can't be read: {}.", without_secrets(&reason));
            Problem::new(Code::InvalidBody, detail)
        };
        // A list would be taken for the values of its members.
        if !event.is_object() {
            return Err(invalid("it is no object".to_owned()));
        }
        let event = Event::deserialize(event).map_err(|error| invalid(error.to_string()))?;
        let month = event.month.map(|text| text.parse::<Month>().map_err(|error| invalid(format!("month: {error}"))));
        let month = month.transpose()?;
        if month.is_some_and(|month| month > current) {
            return Err(invalid("month: it has not begun".to_owned()));
        }
        Ok(Self {
            month,
            accounts: event.accounts.iter().map(|text| account_of_text(text)).collect::<Result<_, _>>()?,
            regions: event.regions.iter().map(|text| region_of_text(text)).collect::<Result<_, _>>()?,
            instance_ids: event.instance_ids,
        })
    }

    pub(super) fn wants(&self, place: &Place) -> bool {
        (self.accounts.is_empty() || self.accounts.contains(&place.account))
            && (self.regions.is_empty() || self.regions.contains(&place.region))
    }

    pub(super) fn wants_server(&self, id: &str) -> bool {
        self.instance_ids.is_empty() || self.instance_ids.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn parsed(event: &Value) -> Result<CalculationRequest, String> {
        let current = "2025-11".parse().expect("a month");
        CalculationRequest::parse(event, current).map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn a_schedule_asks_for_everything() {
        for event in [json!({}), json!(null), json!({"detail-type": "Scheduled Event", "source": "aws.events"})] {
            assert_eq!(parsed(&event), Ok(CalculationRequest::default()));
        }
    }

    #[test]
    fn what_is_named_is_all_that_is_wanted() {
        let event =
            json!({"month": "2025-10", "accounts": ["111122223333"], "regions": ["eu-west-1"], "instanceIds": ["i-1"]});
        let request = parsed(&event).expect("it is right");
        let place = |account: &str, region: &str| Place {
            account: AccountId::parse(account).expect("12 digits"),
            region: Region::parse(region).expect("a region"),
        };
        assert!(request.wants(&place("111122223333", "eu-west-1")));
        assert!(!request.wants(&place("111122223333", "us-east-1")));
        assert!(!request.wants(&place("444455556666", "eu-west-1")));
        assert_eq!(["i-1", "i-2"].map(|id| request.wants_server(id)), [true, false]);
        assert_eq!(request.month.map(|month| month.to_string()).as_deref(), Some("2025-10"));
    }

    #[rstest]
    #[case(json!({"month": "2025-12"}), "has not begun")]
    #[case(json!({"month": "November"}), "month")]
    #[case(json!({"regions": ["us-esat-1"]}), "us-east-1")]
    #[case(json!({"accounts": ["1"]}), "12 digits")]
    #[case(json!({"instances": []}), "instances")]
    #[case(json!([]), "can't be read")]
    fn what_is_wrong_is_named(#[case] event: Value, #[case] named: &str) {
        let said = parsed(&event).expect_err("it is wrong");
        assert!(said.contains(named), "{said}");
    }
}
