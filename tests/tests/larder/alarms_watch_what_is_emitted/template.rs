use std::collections::BTreeMap;

use larder_tests::project;
use serde_json::{Map, Value, json};

use super::yaml::json_of;

/// A CloudFormation template whose parameters are filled in.
pub(super) struct Template {
    resources: Map<String, Value>,
}

impl Template {
    /// The template in that file of the project. A parameter that is not given has its own name as value.
    pub(super) fn read(path: &str, parameters: &[(&str, &str)]) -> Self {
        let text = std::fs::read_to_string(project().join(path)).expect("it is there");
        let document = json_of(&text);
        let known = document["Parameters"].as_object().expect("parameters").keys();
        let mut values: BTreeMap<_, _> = known.map(|name| (name.clone(), name.clone())).collect();
        values.insert("AWS::Region".to_owned(), "us-east-1".to_owned());
        for (name, value) in parameters {
            values.insert((*name).to_owned(), (*value).to_owned()).expect("there is such a parameter");
        }
        let resources = document["Resources"].as_object().expect("resources").clone();
        let filled = resources.into_iter().map(|(name, resource)| (name, filled(resource, &values))).collect();
        Self { resources: filled }
    }

    /// The properties of the resources of a type, by name.
    pub(super) fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let of_type = self.resources.iter().filter(move |(_, resource)| resource["Type"] == kind);
        of_type.map(|(name, resource)| (&**name, &resource["Properties"]))
    }

    /// Those of one resource.
    pub(super) fn properties(&self, name: &str) -> &Value {
        &self.resources.get(name).unwrap_or_else(|| panic!("there is no {name}"))["Properties"]
    }
}

/// With `Ref` and `Fn::Sub` replaced by what they come to; an attribute of a resource stays as it is written there.
fn filled(value: Value, values: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Object(members) => match (members.get("Ref"), members.get("Fn::Sub")) {
            (Some(Value::String(name)), _) => values.get(name).map_or(json!(name), |value| json!(value)),
            (_, Some(Value::String(text))) => {
                let fill =
                    |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
                json!(values.iter().fold(text.clone(), fill))
            }
            _ => members.into_iter().map(|(name, value)| (name, filled(value, values))).collect(),
        },
        Value::Array(items) => items.into_iter().map(|item| filled(item, values)).collect(),
        other => other,
    }
}
