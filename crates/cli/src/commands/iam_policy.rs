use std::collections::BTreeSet;

use larder_app::{Permissions, RUNTIME_ACTIONS, RolePattern, TableArn};

use crate::arguments;
use crate::exit::{Exit, WrongUsage};
use crate::output::say_json;

/// Prints the policy, which is JSON with or without `--json`.
pub(crate) fn run(asked: &arguments::IamPolicy) -> anyhow::Result<Exit> {
    let mut permissions = Permissions::of_every_data_type();
    permissions.data_types = asked.types.named_or_every()?;
    if asked.runtime {
        permissions.actions = RUNTIME_ACTIONS;
    }
    permissions.cache_table = table("--table", asked.table.as_deref())?;
    permissions.accounts_table = table("--accounts-table", asked.accounts_table.as_deref())?;
    permissions.runtime_table = table("--runtime-table", asked.runtime_table.as_deref())?;
    permissions.servers_table = table("--servers-table", asked.servers_table.as_deref())?;
    permissions.roles = asked.assume_role.iter().map(|text| role(text)).collect::<Result<BTreeSet<_>, _>>()?;
    say_json(&larder_app::IamPolicy::of(&permissions))?;
    Ok(Exit::Done)
}

fn table(flag: &str, text: Option<&str>) -> Result<Option<TableArn>, WrongUsage> {
    let Some(text) = text else { return Ok(None) };
    let table = TableArn::parse(text).ok_or_else(|| {
        WrongUsage(format!(
            "{flag}: {text:?} is neither a DynamoDB table's name (3 to 255 of A-Z a-z 0-9 - _ .) nor its ARN \
             (arn:aws:dynamodb:us-east-1:111122223333:table/name)"
        ))
    })?;
    Ok(Some(table))
}

fn role(text: &str) -> Result<RolePattern, WrongUsage> {
    RolePattern::parse(text).ok_or_else(|| {
        WrongUsage(format!(
            "--assume-role: {text:?} is not the ARN of a role, such as arn:aws:iam::111122223333:role/larder-read or \
             arn:aws:iam::*:role/larder-read"
        ))
    })
}
