use std::collections::BTreeMap;

use aws_sdk_ec2::types::Tag;

/// The tag that EC2's console shows as a resource's name.
const NAME: &str = "Name";

/// A resource's tags by key. EC2 leaves the value of an empty one away.
pub(crate) fn by_key(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let tags = tags.into_iter().flatten();
    tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}

/// What the tag `Name` says, if it says something.
pub(crate) fn name(tags: &BTreeMap<String, String>) -> Option<String> {
    tags.get(NAME).filter(|name| !name.is_empty()).cloned()
}
