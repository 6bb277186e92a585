use clap::Args;
use clap_complete::Shell;

const HELP: &str = "\
Where they go:
  bash        larder completions bash > ~/.local/share/bash-completion/completions/larder
  zsh         larder completions zsh > a folder of your $fpath, as _larder
  fish        larder completions fish > ~/.config/fish/completions/larder.fish
  elvish      larder completions elvish >> ~/.config/elvish/rc.elv
  powershell  larder completions powershell >> $PROFILE";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Completions {
    /// The shell; those of bash, zsh and fish complete data types and regions too
    pub(crate) shell: Shell,
}
