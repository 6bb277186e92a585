use std::collections::BTreeSet;

use larder_app::{Permissions, RUNTIME_ACTIONS, RolePattern, Table, TableArn, TableUse};

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
    let tables = [
        ("--table", Table::Cache, &asked.table),
        ("--accounts-table", Table::Accounts, &asked.accounts_table),
        ("--runtime-table", Table::Runtime, &asked.runtime_table),
        ("--servers-table", Table::Servers, &asked.servers_table),
    ];
    for (flag, table, text) in tables {
        if let Some(text) = text {
            permissions.tables.push(TableUse::whole(table, arn(flag, text)?));
        }
    }
    permissions.roles = asked.assume_role.iter().map(|text| role(text)).collect::<Result<BTreeSet<_>, _>>()?;
    say_json(&larder_app::IamPolicy::of(&permissions))?;
    Ok(Exit::Done)
}

fn arn(flag: &str, text: &str) -> Result<TableArn, WrongUsage> {
    TableArn::parse(text).ok_or_else(|| {
        WrongUsage(format!(
            "{flag}: {text:?} is neither a DynamoDB table's name (3 to 255 of A-Z a-z 0-9 - _ .) nor its ARN \
             (arn:aws:dynamodb:us-east-1:111122223333:table/name)"
        ))
    })
}

fn role(text: &str) -> Result<RolePattern, WrongUsage> {
    RolePattern::parse(text).ok_or_else(|| {
        WrongUsage(format!(
            "--assume-role: {text:?} is not the ARN of a role, such as arn:aws:iam::111122223333:role/larder-read or \
             arn:aws:iam::*:role/larder-read"
        ))
    })
}
