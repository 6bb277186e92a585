use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::{Shell, generate};
use larder_app::{ChosenRegions, DATA_TYPES, Region};

use crate::arguments::{Arguments, Completions, REGION, REGION_OR_ALL, TYPE};
use crate::exit::Exit;
use crate::output::say;

const PROGRAM: &str = "larder";

/// Prints the script of a shell.
pub(crate) fn run(completions: &Completions) -> Exit {
    say(script(completions.shell).trim_end());
    Exit::Done
}

fn script(shell: Shell) -> String {
    let mut command = with_values(Arguments::command());
    let mut script = Vec::new();
    generate(shell, &mut command, PROGRAM, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        script.extend(command.get_subcommands().flat_map(fish_arguments));
    }
    script
}

/// The same command with every value that a data type or a region can have. Only shells are told them: what is typed
/// is checked where an answer is sought, which says what was wrong better than the parser would.
fn with_values(command: Command) -> Command {
    command.mut_args(with_values_of_argument).mut_subcommands(with_values)
}

fn with_values_of_argument(argument: Arg) -> Arg {
    match values_of(&argument) {
        Some(values) => argument.value_parser(PossibleValuesParser::new(values)),
        None => argument,
    }
}

fn values_of(argument: &Arg) -> Option<Vec<&'static str>> {
    let regions = || Region::all().iter().map(|region| region.name());
    match argument.get_value_names()?.first()?.as_str() {
        TYPE => Some(DATA_TYPES.iter().map(|row| row.name).collect()),
        REGION => Some(regions().collect()),
        REGION_OR_ALL => Some(std::iter::once(ChosenRegions::ALL).chain(regions()).collect()),
        _ => None,
    }
}

/// The lines for a command's own arguments, which the generator for fish leaves out.
fn fish_arguments(command: &Command) -> impl Iterator<Item = String> {
    command.get_positionals().filter_map(|argument| {
        let values: Vec<_> = argument.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect();
        let name = command.get_name();
        let condition = format!("__fish_{PROGRAM}_using_subcommand {name}");
        (!values.is_empty())
            .then(|| format!("complete -c {PROGRAM} -n \"{condition}\" -f -a \"{}\"\n", values.join(" ")))
    })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_has_a_script_with_every_command() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in Arguments::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }

    #[test]
    fn bash_zsh_and_fish_know_the_data_types_and_the_regions() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(shell);
            for value in DATA_TYPES.iter().map(|row| row.name).chain(Region::all().iter().map(|it| it.name())) {
                assert!(script.contains(value), "{shell}: {value}");
            }
        }
        let of_get = script(Shell::Fish);
        let line = of_get.lines().find(|line| line.contains("using_subcommand get\" -f -a")).expect("a line for TYPE");
        assert!(line.contains("ec2-subnets"), "{line}");
    }

    /// Every argument of every command, by its command's name and its own.
    fn arguments_of(command: &Command) -> Vec<(String, Arg)> {
        let own = command.get_arguments().map(|it| (format!("{} {}", command.get_name(), it.get_id()), it.clone()));
        own.chain(command.get_subcommands().flat_map(arguments_of)).collect()
    }

    #[test]
    fn every_argument_that_is_a_data_type_or_a_region_has_its_values() {
        let (mut types, mut regions) = (Vec::new(), Vec::new());
        for (name, argument) in arguments_of(&with_values(Arguments::command())) {
            let values: Vec<_> = argument.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect();
            let kind = argument.get_value_names().unwrap_or_default().concat();
            if kind.contains("TYPE") || argument.get_long() == Some("type") {
                assert_eq!(values, DATA_TYPES.iter().map(|row| row.name).collect::<Vec<_>>(), "{name}");
                types.push(name);
            } else if kind.contains("REGION") || argument.get_long() == Some("region") {
                let is_all = kind != "REGION";
                assert_eq!(values.len(), Region::all().len() + usize::from(is_all), "{name}");
                assert_eq!(values.contains(&"all".to_owned()), is_all, "{name}");
                regions.push((name, is_all));
            }
        }
        assert_eq!(types.len(), 5, "get, doctor, iam-policy, cache clear and warm: {types:?}");
        let without_all: Vec<_> = regions.iter().filter(|(_, is_all)| !is_all).map(|(name, _)| name).collect();
        assert_eq!((regions.len(), &*without_all), (7, &[&"add regions".to_owned()][..]), "{regions:?}");
    }

    #[test]
    fn what_is_typed_is_parsed_whatever_the_shell_was_told() {
        use clap::Parser;
        assert!(Arguments::try_parse_from(["larder", "get", "ec2-subnetz", "--region", "mars"]).is_ok());
    }
}
