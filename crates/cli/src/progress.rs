use std::borrow::Cow;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, WeakProgressBar};

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);
/// How a bar of steps looks.
const BAR: &str = "{msg} {wide_bar} {pos}/{len}";
/// How a bar of bytes looks.
const BYTES: &str = "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {eta}";

/// A spinner or a bar on stderr with what is being done, gone when this is dropped. Where stderr is no terminal there
/// is nothing at all.
pub(crate) struct Progress(ProgressBar);

/// A writer to stderr that has the spinner step aside for each line, so that neither spoils the other.
pub(crate) struct BesideProgress;

/// The last spinner on stderr, which may be gone.
static SHOWN: Mutex<Option<WeakProgressBar>> = Mutex::new(None);

impl Progress {
    /// Shows what is being done.
    pub(crate) fn of(what: impl Into<Cow<'static, str>>) -> Self {
        Self::on(ProgressDrawTarget::stderr(), what).shown()
    }

    /// Shows what is being done and how far that is, of as many steps as [`Self::expect`] is told.
    pub(crate) fn counted(what: &'static str) -> Self {
        Self::bar(what, 0, BAR)
    }

    /// Shows what is being done and how many of its bytes are.
    pub(crate) fn bytes(what: &'static str, bytes: u64) -> Self {
        Self::bar(what, bytes, BYTES)
    }

    fn bar(what: &'static str, length: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr()).with_message(what);
        // A template that can't be read only looks worse.
        match ProgressStyle::with_template(template) {
            Ok(style) => Self(bar.with_style(style)).shown(),
            Err(_) => Self(bar).shown(),
        }
    }

    /// So many bytes more.
    pub(crate) fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// So many more steps.
    pub(crate) fn expect(&self, steps: usize) {
        self.0.inc_length(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Lines of the log step around it from now on.
    fn shown(self) -> Self {
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.0.downgrade());
        self
    }

    /// Shows nothing, whatever it is told.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    fn on(target: ProgressDrawTarget, what: impl Into<Cow<'static, str>>) -> Self {
        let spinner = ProgressBar::with_draw_target(None, target).with_style(ProgressStyle::default_spinner());
        spinner.set_message(what);
        spinner.enable_steady_tick(TURN);
        Self(spinner)
    }

    /// Shows what is being done now.
    pub(crate) fn now(&self, what: impl Into<Cow<'static, str>>) {
        self.0.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl io::Write for BesideProgress {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(WeakProgressBar::upgrade);
        match shown {
            Some(spinner) => spinner.suspend(|| io::stderr().write(line)),
            None => io::stderr().write(line),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indicatif::TermLike;

    use super::*;

    /// A terminal that keeps what it shows.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<(String, Vec<String>)>>);

    impl Screen {
        fn write(&self, text: &str) -> io::Result<()> {
            let mut screen = self.0.lock().expect("no thread panicked with it");
            screen.0.push_str(text);
            let shown = screen.0.clone();
            screen.1.push(shown);
            Ok(())
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write(line)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.write(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().expect("no thread panicked with it").0.clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_being_done_is_shown_and_gone_before_the_answer() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
        let progress = Progress::on(target, "asking for ec2-subnets");
        progress.0.force_draw();
        progress.now("reading what is kept: 1000 entries");
        progress.0.force_draw();
        drop(progress);
        let (left, shown) = screen.0.lock().expect("no thread panicked with it").clone();
        for what in ["asking for ec2-subnets", "1000 entries"] {
            assert!(shown.iter().any(|text| text.contains(what)), "{what}: {shown:?}");
        }
        assert_eq!(left.trim(), "", "it is cleared");
    }
}
