use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::{Shell, generate};
use larder_app::{DATA_TYPES, Region};

use crate::arguments::{Arguments, Completions};
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
    let values: Vec<_> = match argument.get_id().as_str() {
        "data_type" => DATA_TYPES.iter().map(|row| row.name).collect(),
        "region" => Region::all().iter().map(|region| region.name()).collect(),
        _ => return argument,
    };
    argument.value_parser(PossibleValuesParser::new(values))
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

    #[test]
    fn what_is_typed_is_parsed_whatever_the_shell_was_told() {
        use clap::Parser;
        assert!(Arguments::try_parse_from(["larder", "get", "ec2-subnetz", "--region", "mars"]).is_ok());
    }
}
