use std::io;
use std::time::Duration;

use console::{Term, is_dumb, measure_text_width, truncate_str};

use super::{Round, Show};
use crate::output::{count, seconds, write_out};

/// To the upper left corner.
const HOME: &str = "\x1b[H";
/// What an earlier, longer line left.
const CLEAR_LINE: &str = "\x1b[K";
/// What an earlier, longer round left.
const CLEAR_BELOW: &str = "\x1b[J";

/// A terminal where each round takes the place of the one before.
pub(super) struct Screen {
    terminal: Term,
    every: Duration,
    is_clear: bool,
}

impl Screen {
    /// That of stdout, if it is a terminal whose cursor can be moved.
    pub(super) fn of_stdout(every: Duration) -> Option<Self> {
        let terminal = Term::stdout();
        let is_screen = terminal.is_term() && !is_dumb();
        is_screen.then_some(Self { terminal, every, is_clear: false })
    }

    fn draw(&mut self, text: &str, beside: Option<&str>) -> io::Result<()> {
        if !self.is_clear {
            // What stood there is better lost than mixed with what comes.
            self.is_clear = self.terminal.clear_screen().is_ok();
        }
        let (rows, columns) = self.terminal.size();
        let every = format!("every {}; Ctrl-C ends", seconds(self.every.as_secs()));
        let footer = beside.map_or(every.clone(), |beside| format!("{beside}\n{every}"));
        write_out(&frame(text, &footer, usize::from(rows), usize::from(columns)))
    }
}

impl Show for Screen {
    fn round(&mut self, round: &Round) -> io::Result<()> {
        self.draw(&round.answer, round.beside.as_deref())
    }

    fn failure(&mut self, words: &str) -> io::Result<()> {
        self.draw(words, None)
    }
}

/// What makes a terminal of that size show the text, broken to its width and cut to its height, and the footer below it.
fn frame(text: &str, footer: &str, rows: usize, columns: usize) -> String {
    // The last row stays empty, so that the footer's end does not scroll.
    let rows = rows.saturating_sub(1);
    // What the footer says last stays, whatever it says before.
    let footer = broken(footer, columns);
    let footer = &footer[footer.len().saturating_sub((rows / 2).max(1))..];
    let text = broken(text, columns);
    let room = rows.saturating_sub(footer.len()).max(1);
    let shown = if text.len() > room { room - 1 } else { text.len() };
    let cut = (text.len() > shown).then(|| format!("... {} more than fit", count(text.len() - shown, "line")));
    let cut = cut.map(|cut| truncate_str(&cut, columns, "…").into_owned());
    let lines = text[..shown].iter().chain(&cut).chain(footer);
    let lines = lines.map(|line| format!("{line}{CLEAR_LINE}\n"));
    format!("{HOME}{}{CLEAR_BELOW}", lines.collect::<String>())
}

/// Its lines, each broken where the terminal ends.
fn broken(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let (mut part, mut taken) = (String::new(), 0);
        for character in line.chars() {
            let width = measure_text_width(character.encode_utf8(&mut [0; 4]));
            if taken + width > columns && !part.is_empty() {
                lines.push(std::mem::take(&mut part));
                taken = 0;
            }
            part.push(character);
            taken += width;
        }
        lines.push(part);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen of a frame.
    fn lines(frame: &str) -> Vec<String> {
        let seen = [HOME, CLEAR_LINE, CLEAR_BELOW].iter().fold(frame.to_owned(), |text, code| text.replace(code, ""));
        seen.split('\n').map(str::to_owned).collect()
    }

    #[test]
    fn a_frame_fits_the_terminal() {
        let text = (1..=30).map(|number| format!("line {number}\n")).collect::<String>();
        let lines = lines(&frame(&text, "footer", 10, 7));
        assert_eq!(lines.len(), 10, "the last is empty: {lines:?}");
        assert_eq!((lines[0].as_str(), lines[8].as_str(), lines[9].as_str()), ("line 1", "footer", ""));
        assert!(lines[7].starts_with("... "), "{lines:?}");
        assert!(lines.iter().all(|line| line.chars().count() <= 7), "{lines:?}");
    }

    #[test]
    fn what_fits_is_whole_and_clears_what_was_there() {
        let frame = frame("a\nb", "footer", 24, 80);
        assert_eq!(frame, "\x1b[Ha\x1b[K\nb\x1b[K\nfooter\x1b[K\n\x1b[J");
    }

    #[test]
    fn what_is_wider_than_the_terminal_goes_on_in_the_next_line() {
        let lines = lines(&frame("abcdefgh\n", "one: from memory\nevery 2 s", 20, 5));
        assert_eq!(lines[..2], ["abcde", "fgh"], "{lines:?}");
        assert_eq!(lines[2..].concat(), "one: from memoryevery 2 s", "{lines:?}");
    }

    #[test]
    fn a_footer_leaves_half_of_the_terminal_to_the_answer() {
        let regions = (1..=30).map(|number| format!("region {number}\n")).collect::<String>();
        let lines = lines(&frame("a\nb\nc", &format!("{regions}every 2 s"), 11, 80));
        assert_eq!((lines[2].as_str(), lines[7].as_str(), lines[8].as_str()), ("c", "every 2 s", ""), "{lines:?}");
    }
}
