use std::sync::LazyLock;

use larder_tests::expanded_templates;
use serde_json::{Map, Value};

/// A template as CloudFormation gets it.
#[derive(Clone, Debug)]
pub(crate) struct Template(pub(crate) Value);

static EXPANDED: LazyLock<Value> = LazyLock::new(|| expanded_templates().expect("the templates are expanded"));

impl Template {
    /// The one in that file: `cfn/api.yaml`.
    pub(crate) fn of(file: &str) -> Self {
        let template = EXPANDED.get(file).unwrap_or_else(|| panic!("there is no {file}"));
        Self(template.clone())
    }

    /// Every template, by its file.
    pub(crate) fn all() -> Vec<(String, Self)> {
        let files = EXPANDED.as_object().expect("an object by file");
        files.iter().map(|(file, template)| (file.clone(), Self(template.clone()))).collect()
    }

    /// Its resources by logical id.
    pub(crate) fn resources(&self) -> &Map<String, Value> {
        self.0["Resources"].as_object().expect("resources")
    }

    /// Logical ids and properties of the resources of a type.
    pub(crate) fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let of_kind = self.resources().iter().filter(move |(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id.as_str(), &resource["Properties"]))
    }

    /// The properties of one resource, to be changed.
    pub(crate) fn properties_mut(&mut self, id: &str) -> &mut Value {
        let resource = self.0["Resources"].get_mut(id).unwrap_or_else(|| panic!("there is no {id}"));
        &mut resource["Properties"]
    }
}

/// A value as people write it: `${Table}` for a reference, `${Table.Arn}` for an attribute.
pub(crate) fn written(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(id) = value["Ref"].as_str() {
        return format!("${{{id}}}");
    }
    if let Some(text) = value["Fn::Sub"].as_str() {
        return text.to_owned();
    }
    match value["Fn::GetAtt"].as_array().map(Vec::as_slice) {
        Some([id, attribute]) => format!("${{{}.{}}}", written(id), written(attribute)),
        _ => value.to_string(),
    }
}

/// The items of what is a list, or one alone.
pub(crate) fn items(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}
