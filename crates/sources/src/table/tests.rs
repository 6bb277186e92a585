use std::collections::HashSet;

use rstest::rstest;

use super::*;
use crate::scripted_aws::real_data;
use crate::{MadeOldBy, RUNTIME_ACTIONS, Region};

fn no_duplicates<T: std::hash::Hash + Eq>(of: impl Fn(&DataType) -> T) {
    let seen: HashSet<_> = DATA_TYPES.iter().map(of).collect();
    assert_eq!(seen.len(), DATA_TYPES.len());
}

#[test]
fn rows_are_told_apart() {
    no_duplicates(|row| row.name);
    no_duplicates(|row| row.path);
    no_duplicates(|row| row.summary);
    no_duplicates(|row| row.schema().0);
    assert!(DATA_TYPES.is_sorted_by_key(|row| row.name));
}

#[test]
fn every_row_is_well_formed() {
    for row in DATA_TYPES {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let word = |word: &str| !word.is_empty() && word.bytes().all(letter);
        assert!(row.name.split('-').all(word), "{row:?}");
        let path = row.path.strip_prefix('/').expect("a path");
        assert!(path.split('/').flat_map(|part| part.split('-')).all(word), "{row:?}");
        assert!(row.summary.len() > 20 && !row.summary.ends_with('.'), "{row:?}");
        assert!(!row.iam_actions.is_empty(), "{row:?}");
        assert!(row.ttl.stale_while_revalidate <= row.ttl.fresh, "{row:?}");
        assert!(row.ttl.stale_if_error >= row.ttl.fresh, "{row:?}");
        for region in row.regions.into_iter().flatten() {
            assert!(row.is_in(Region::parse(region).expect("a region")), "{row:?}");
        }
        assert!(row.account_of_item.is_none() || row.list.is_some(), "{row:?}");
        assert_eq!(data_type(row.name).map(|found| found.name), Some(row.name));
    }
}

#[test]
fn a_service_is_where_its_row_says() {
    let [china, virginia] = ["cn-north-1", "us-east-1"].map(|name| Region::parse(name).expect("a region"));
    for row in DATA_TYPES {
        assert!(row.is_in(virginia), "{row:?}");
        assert_eq!(row.is_in(china), row.regions.is_none(), "{row:?}");
    }
}

/// What says which operations a service has.
enum Model {
    /// Its model among the recorded data.
    Recorded(&'static str),
    /// None is recorded: the operations that its SDK has, as far as rows name them.
    OfTheSdk(&'static [&'static str]),
}

/// By the service's name before the colon of an IAM action.
const MODELS: &[(&str, Model)] = &[
    ("ce", Model::Recorded("models/ce/2017-10-25/service-2.json.gz")),
    ("cloudtrail", Model::Recorded("models/cloudtrail/2013-11-01/service-2.json.gz")),
    ("drs", Model::Recorded("models/drs/2020-02-26/service-2.json.gz")),
    ("ec2", Model::Recorded("models/ec2/2016-11-15/service-2.json.gz")),
    ("iam", Model::Recorded("models/iam/2010-05-08/service-2.json.gz")),
    ("servicequotas", Model::OfTheSdk(&["ListServiceQuotas"])),
    ("sts", Model::Recorded("models/sts/2011-06-15/service-2.json.gz")),
];

#[test]
fn every_action_is_an_operation_of_its_service() {
    for action in DATA_TYPES.iter().flat_map(|row| row.iam_actions).chain(RUNTIME_ACTIONS) {
        check_operation(action);
    }
}

#[test]
fn what_makes_a_row_old_are_operations_that_write() {
    let calls = DATA_TYPES.iter().flat_map(|row| row.made_old_by).flat_map(|it| match it {
        MadeOldBy::Calls { service, names } => names.iter().map(|name| format!("{service}:{name}")).collect(),
        MadeOldBy::TagsOf(_) => MadeOldBy::TAGGING.map(|name| format!("ec2:{name}")).to_vec(),
        MadeOldBy::StateChange | MadeOldBy::EventsOf(_) => Vec::new(),
    });
    let mut count = 0;
    for call in calls {
        let reads = ["Describe", "Get", "List"].iter().any(|verb| call.contains(&format!(":{verb}")));
        assert!(!reads, "{call}");
        check_operation(&call);
        count += 1;
    }
    assert!(count > 0, "some rows name calls");
}

fn check_operation(action: &str) {
    let (service, operation) = action.split_once(':').expect("service:Operation");
    let model = MODELS.iter().find(|(name, _)| *name == service);
    let (_, model) = model.unwrap_or_else(|| panic!("{action}: MODELS has no line for {service}"));
    match model {
        Model::Recorded(file) => {
            let Some(model) = real_data(file) else { return };
            assert!(model["operations"].get(operation).is_some(), "{action}");
        }
        Model::OfTheSdk(operations) => assert!(operations.contains(&operation), "{action}"),
    }
}

#[test]
fn every_file_with_a_source_has_a_row() {
    let mut sources = 0;
    for file in std::fs::read_dir("src").expect("src") {
        let path = file.expect("an entry").path();
        if !path.is_file() {
            continue;
        }
        let code = std::fs::read_to_string(&path).expect("UTF-8");
        if !code.lines().any(|line| line.starts_with("impl Source for ")) {
            continue;
        }
        sources += 1;
        let name = path.file_stem().expect("a name").to_string_lossy();
        assert!(data_type(&name.replace('_', "-")).is_some(), "{}", path.display());
    }
    assert_eq!(sources, DATA_TYPES.len());
}

#[test]
fn a_schema_says_what_every_field_means() {
    for row in DATA_TYPES {
        for (name, schema) in std::iter::once(row.schema()).chain(row.nested_schemas()) {
            let schema = serde_json::to_value(schema).expect("JSON");
            assert!(schema["description"].is_string(), "{name}");
            let properties = schema["properties"].as_object();
            for (field, property) in properties.into_iter().flatten() {
                let is_list = row.list.is_some_and(|list| list.member == field);
                let described = property.to_string().contains("\"description\"");
                assert!(is_list || described, "{name}.{field}: {property}");
            }
        }
    }
}

#[test]
fn a_list_has_its_member_and_its_items_their_id() {
    for row in DATA_TYPES {
        let Some(list) = row.list else { continue };
        let schema = serde_json::to_value(row.schema().1).expect("JSON");
        let items = &schema["properties"][list.member]["items"]["$ref"];
        let item = items.as_str().and_then(|path| path.rsplit('/').next());
        let nested = row.nested_schemas();
        let (_, item) = nested.into_iter().find(|(name, _)| Some(name.as_str()) == item).expect("the item's schema");
        let item = serde_json::to_value(item).expect("JSON");
        for field in std::iter::once(list.id).chain(row.account_of_item) {
            assert!(item["properties"].get(field).is_some(), "{row:?}: {field}");
        }
    }
}

#[rstest]
#[case("")]
#[case("ec2-Subnets")]
#[case("ec2-subnets ")]
#[case("/ec2/subnets")]
fn no_other_text_is_a_data_type(#[case] name: &str) {
    assert!(data_type(name).is_none());
}
