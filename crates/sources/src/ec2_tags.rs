use std::collections::BTreeMap;

use aws_sdk_ec2::types::Tag;

/// A resource's tags by key. EC2 leaves the value of an empty one away.
pub(crate) fn by_key(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let tags = tags.into_iter().flatten();
    tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}
