use std::time::Duration;

use aws_sdk_iam::operation::list_instance_profiles::ListInstanceProfilesOutput;
use aws_sdk_iam::types;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy};

const LIST_INSTANCE_PROFILES: &str = "iam:ListInstanceProfiles";
/// The most that `ListInstanceProfiles` allows.
const PAGE_SIZE: i32 = 1_000;
/// ISO 8601, as AWS writes it.
const FORMAT: Format = Format::DateTime;

/// The calls that write instance profiles.
const WRITES: &[&str] =
    &["AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "RemoveRoleFromInstanceProfile"];

/// The data type `ec2-instance-profiles`.
#[derive(Debug)]
pub(crate) struct Ec2InstanceProfiles;

/// The instance profiles of an account, by `instanceProfileId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceProfilesAnswer {
    instance_profiles: Vec<InstanceProfile>,
}

/// One instance profile: what gives an instance its role.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceProfile {
    /// `AIPA` and more: never used again, unlike the name.
    pub(crate) instance_profile_id: String,
    /// The name, unique in the account.
    pub(crate) name: String,
    /// The profile's ARN.
    pub(crate) arn: String,
    /// `/` or a longer path of IAM.
    pub(crate) path: String,
    /// The names of its roles: one at most, as AWS has it today.
    pub(crate) roles: Vec<String>,
    /// When it was made, in ISO 8601; null if AWS doesn't say.
    pub(crate) created: Option<String>,
}

impl Source for Ec2InstanceProfiles {
    const NAME: &'static str = "ec2-instance-profiles";
    const SUMMARY: &'static str = "Instance profiles with their roles";
    const PATH: &'static str = "/ec2/instance-profiles";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(60));
    const SCOPE: ScopeRule = ScopeRule::Account;
    const IAM_ACTIONS: &'static [&'static str] = &[LIST_INSTANCE_PROFILES];
    const MADE_OLD_BY: &'static [MadeOldBy] = &[MadeOldBy::Calls { service: "iam", names: WRITES }];
    const LIST: Option<ListShape> = Some(ListShape { member: "instanceProfiles", id: "instanceProfileId" });

    type Answer = InstanceProfilesAnswer;

    async fn fetch(aws: &Aws, _: &Scope) -> Result<InstanceProfilesAnswer, FetchError> {
        let pages = aws.iam().list_instance_profiles().into_paginator().page_size(PAGE_SIZE);
        let profiles = every_page(LIST_INSTANCE_PROFILES, pages.send(), token_and_profiles).await?;
        let profiles = profiles.into_iter().map(instance_profile);
        let mut instance_profiles = profiles.collect::<Result<Vec<_>, _>>()?;
        instance_profiles.sort_by(|a, b| a.instance_profile_id.cmp(&b.instance_profile_id));
        Ok(InstanceProfilesAnswer { instance_profiles })
    }
}

/// That there is more is said by `IsTruncated` alone. A page that says so and names no next one has lost the rest, and
/// must not look like the last.
fn token_and_profiles(page: ListInstanceProfilesOutput) -> (Option<String>, Option<Vec<types::InstanceProfile>>) {
    let lost = || "a marker that AWS left away".to_owned();
    let token = page.is_truncated.then(|| page.marker.filter(|marker| !marker.is_empty()).unwrap_or_else(lost));
    (token, Some(page.instance_profiles))
}

fn instance_profile(profile: types::InstanceProfile) -> Result<InstanceProfile, FetchError> {
    let roles = profile.roles.into_iter().map(|role| said(role.role_name, "roleName"));
    let mut roles = roles.collect::<Result<Vec<_>, _>>()?;
    roles.sort();
    Ok(InstanceProfile {
        instance_profile_id: said(profile.instance_profile_id, "instanceProfileId")?,
        name: said(profile.instance_profile_name, "instanceProfileName")?,
        arn: said(profile.arn, "arn")?,
        path: said(profile.path, "path")?,
        roles,
        created: Some(profile.create_date).filter(|date| date.secs() > 0).and_then(|date| date.fmt(FORMAT).ok()),
    })
}

/// The SDK makes an empty text, or the year 1970, of what is not there although IAM always says it.
fn said(text: String, what: &str) -> Result<String, FetchError> {
    if text.is_empty() { Err(FetchError::without(LIST_INSTANCE_PROFILES, what)) } else { Ok(text) }
}

#[cfg(test)]
mod tests;
