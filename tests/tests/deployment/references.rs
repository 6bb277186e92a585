use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::template::{Template, written};

/// Every reference of a template that leads nowhere: to no parameter and no resource of it, or to no output of a nested
/// stack. cfn-lint does not look into what SAM's translator makes, nor into policies.
fn problems(template: &Template, nested: &BTreeMap<String, Template>) -> Vec<String> {
    let mut references = Vec::new();
    collect(&template.0, &mut references);
    references.retain(|reference| !leads_somewhere(template, nested, reference));
    references
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "Ref" => references.push(written(member)),
                    "Fn::GetAtt" => references.push(attribute(member)),
                    "Fn::Sub" => references.extend(in_text(member)),
                    _ => {}
                }
                collect(member, references);
            }
        }
        _ => {}
    }
}

fn attribute(value: &Value) -> String {
    match value.as_array() {
        Some(parts) => parts.iter().map(written).collect::<Vec<_>>().join("."),
        None => written(value),
    }
}

/// What stands in `${...}`, but for `${!...}`, which is text, and for what the second argument gives.
fn in_text(value: &Value) -> Vec<String> {
    let (text, given) = match value.as_array().map(Vec::as_slice) {
        Some([text, given]) => (written(text), given.clone()),
        _ => (written(value), Value::Null),
    };
    let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next().map(str::to_owned));
    names.filter(|name| !name.starts_with('!') && given.get(name).is_none()).collect()
}

fn leads_somewhere(template: &Template, nested: &BTreeMap<String, Template>, reference: &str) -> bool {
    let (id, attribute) = reference.split_once('.').unwrap_or((reference, ""));
    if id.starts_with("AWS::") || template.0["Parameters"].get(id).is_some() {
        return true;
    }
    let Some(resource) = template.resources().get(id) else { return false };
    match (attribute.strip_prefix("Outputs."), resource["Properties"]["TemplateURL"].as_str()) {
        (Some(output), Some(file)) => nested.get(file).is_some_and(|inner| inner.0["Outputs"].get(output).is_some()),
        _ => true,
    }
}

fn nested() -> BTreeMap<String, Template> {
    Template::all().into_iter().collect()
}

#[test]
fn every_reference_leads_somewhere() {
    for (file, template) in Template::all() {
        assert_eq!(problems(&template, &nested()), [""; 0], "{file}");
    }
}

#[rstest]
#[case("cfn/functions.yaml", "QueryHandlerRole", json!({"Fn::GetAtt": ["CacheTable", "Arn"]}), "CacheTable.Arn")]
#[case("cfn/functions.yaml", "QueryHandler", json!({"Fn::Sub": "a-${Nobody}-${!Literal}"}), "Nobody")]
#[case("template.yaml", "Api", json!({"Fn::GetAtt": ["Functions", "Outputs.Nothing"]}), "Functions.Outputs.Nothing")]
#[case("cfn/api.yaml", "Stage", json!([{"Ref": "Nobody"}]), "Nobody")]
fn a_planted_reference_to_nothing_is_noticed(
    #[case] file: &str,
    #[case] id: &str,
    #[case] reference: Value,
    #[case] noticed: &str,
) {
    let mut template = Template::of(file);
    template.properties_mut(id)["Planted"] = reference;
    assert_eq!(problems(&template, &nested()), [noticed]);
}
