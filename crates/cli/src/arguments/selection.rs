//! What is chosen, alike for every command: several with commas between them, or by giving the flag again.

use clap::Args;
use larder_app::problem::Problem;
use larder_app::{AccountId, ChosenRegions, Cost, DATA_TYPES, DataType, account_of_text, data_type_of_text};

/// What completions know the values of, by the name that an argument's help has for them.
pub(crate) const TYPE: &str = "TYPE";
pub(crate) const REGION: &str = "REGION";
pub(crate) const REGION_OR_ALL: &str = "REGION|all";

/// The help of a command that asks AWS of its own accord.
pub(crate) const FREE_TYPES: &str = "A data type, or several with commas between them; may be given again [default: every one \
                                     that AWS does not charge for]";

#[derive(Debug, Args)]
pub(crate) struct TypesFlag {
    /// A data type, or several with commas between them; may be given again [default: every one]
    #[arg(long = "type", value_name = TYPE, value_delimiter = ',')]
    types: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RegionsFlag {
    /// A region, several with commas between them, or all that the account may use; may be given again
    #[arg(long = "region", value_name = REGION_OR_ALL, value_delimiter = ',')]
    regions: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AccountsFlag {
    /// An account, or several with commas between them; may be given again
    #[arg(long = "account", value_name = "ID", value_delimiter = ',')]
    accounts: Vec<String>,
}

impl TypesFlag {
    /// Those that were named, each once and in their order.
    pub(crate) fn named(&self) -> Result<Vec<&'static DataType>, Problem> {
        each_once(&self.types, data_type_of_text, |one, other| one.name == other.name)
    }

    /// The same; if none was named, every one.
    pub(crate) fn named_or_every(&self) -> Result<Vec<&'static DataType>, Problem> {
        if self.types.is_empty() { Ok(DATA_TYPES.iter().collect()) } else { self.named() }
    }

    /// The same; if none was named, every one that costs nothing to ask.
    pub(crate) fn named_or_free(&self) -> Result<Vec<&'static DataType>, Problem> {
        let types = self.named_or_every()?.into_iter();
        Ok(types.filter(|row| !self.types.is_empty() || row.cost == Cost::Nothing).collect())
    }
}

impl RegionsFlag {
    /// Those that were named, if any were.
    pub(crate) fn named(&self) -> Result<Option<ChosenRegions>, Problem> {
        let names = (!self.regions.is_empty()).then(|| self.regions.iter().map(String::as_str));
        names.map(ChosenRegions::of_names).transpose()
    }
}

impl AccountsFlag {
    /// Those that were named, each once and in their order.
    pub(crate) fn named(&self) -> Result<Vec<AccountId>, Problem> {
        each_once(&self.accounts, account_of_text, PartialEq::eq)
    }
}

fn each_once<T>(
    names: &[String],
    parse: fn(&str) -> Result<T, Problem>,
    is_same: fn(&T, &T) -> bool,
) -> Result<Vec<T>, Problem> {
    let mut all: Vec<T> = Vec::new();
    for name in names {
        let one = parse(name.trim())?;
        if !all.iter().any(|known| is_same(known, &one)) {
            all.push(one);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn doctor(line: &str) -> crate::arguments::Doctor {
        match Arguments::try_parse_from(format!("larder doctor {line}").split_whitespace()).expect("parsed").command {
            Command::Doctor(doctor) => doctor,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn commas_and_repetition_are_alike_and_each_is_chosen_once() {
        for line in [
            "--type ec2-subnets,drs-quotas --region us-west-2,us-east-1 --account 111122223333,444455556666",
            "--type ec2-subnets --type drs-quotas,ec2-subnets --region us-west-2 --region us-east-1,us-west-2 \
             --account 111122223333 --account 444455556666,111122223333",
        ] {
            let doctor = doctor(line);
            let types = doctor.types.named_or_every().expect("types");
            assert_eq!(types.iter().map(|row| row.name).collect::<Vec<_>>(), ["ec2-subnets", "drs-quotas"], "{line}");
            let regions = doctor.regions.named().expect("regions").expect("named");
            assert_eq!(regions.to_string(), "us-east-1,us-west-2", "{line}");
            let accounts = doctor.accounts.named().expect("accounts");
            assert_eq!(accounts.iter().map(AccountId::as_str).collect::<Vec<_>>(), ["111122223333", "444455556666"]);
        }
        let nothing = doctor("");
        let free = DATA_TYPES.iter().filter(|row| row.cost == Cost::Nothing).count();
        assert_eq!(nothing.types.named_or_free().expect("every free one").len(), free);
        assert_eq!(nothing.types.named_or_every().expect("every one").len(), DATA_TYPES.len());
        assert_eq!(doctor("--type costs").types.named_or_free().expect("the one that was named").len(), 1);
        assert_eq!(nothing.regions.named(), Ok(None));
        assert_eq!(nothing.accounts.named(), Ok(vec![]));
    }

    #[test]
    fn every_command_takes_them_alike() {
        fn check(command: &clap::Command) {
            for flag in
                command.get_arguments().filter(|it| ["type", "region"].contains(&it.get_long().unwrap_or_default()))
            {
                // One answer is printed of a `get`, which is asked as a URL asks.
                if command.get_name() != "get" {
                    assert_eq!(flag.get_value_delimiter(), Some(','), "{} {flag}", command.get_name());
                    assert!(matches!(flag.get_action(), clap::ArgAction::Append), "{} {flag}", command.get_name());
                }
            }
            command.get_subcommands().for_each(check);
        }
        check(&Arguments::command());
    }
}
