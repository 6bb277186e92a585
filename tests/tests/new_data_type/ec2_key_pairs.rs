use std::time::Duration;

use aws_sdk_ec2::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Aws, FetchError, ListShape, Scope, ScopeRule, Source, TtlPolicy};

const DESCRIBE_KEY_PAIRS: &str = "ec2:DescribeKeyPairs";

/// The data type `ec2-key-pairs`.
#[derive(Debug)]
pub(crate) struct Ec2KeyPairs;

/// The key pairs of an account in a region, by `keyPairId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyPairsAnswer {
    key_pairs: Vec<KeyPair>,
}

/// One key pair.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyPair {
    /// `key-` and its id.
    pub(crate) key_pair_id: String,
    /// The name, unique in the region.
    pub(crate) key_name: Option<String>,
    /// The digest of the key.
    pub(crate) key_fingerprint: Option<String>,
}

impl Source for Ec2KeyPairs {
    const NAME: &'static str = "ec2-key-pairs";
    const SUMMARY: &'static str = "Key pairs with their names and fingerprints";
    const PATH: &'static str = "/ec2/key-pairs";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_KEY_PAIRS];
    const LIST: Option<ListShape> = Some(ListShape { member: "keyPairs", id: "keyPairId" });

    type Answer = KeyPairsAnswer;

    /// The operation has no pages.
    async fn fetch(aws: &Aws, scope: &Scope) -> Result<KeyPairsAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_KEY_PAIRS)?);
        let answer = ec2.describe_key_pairs().send().await;
        let answer = answer.map_err(|error| FetchError::from_sdk(DESCRIBE_KEY_PAIRS, &error))?;
        let key_pairs = answer.key_pairs.into_iter().flatten().map(key_pair);
        let mut key_pairs = key_pairs.collect::<Result<Vec<_>, _>>()?;
        key_pairs.sort_by(|a, b| a.key_pair_id.cmp(&b.key_pair_id));
        Ok(KeyPairsAnswer { key_pairs })
    }
}

fn key_pair(pair: types::KeyPairInfo) -> Result<KeyPair, FetchError> {
    Ok(KeyPair {
        key_pair_id: pair.key_pair_id.ok_or_else(|| FetchError::without(DESCRIBE_KEY_PAIRS, "keyPairId"))?,
        key_name: pair.key_name,
        key_fingerprint: pair.key_fingerprint,
    })
}
