use larder_tests::{Browser, Program};

/// A demo that serves the page.
pub(crate) struct Demo {
    url: String,
    standin: String,
    /// Gone when this is dropped.
    _program: Program,
}

impl Demo {
    pub(crate) async fn start(env: &[(&str, &str)]) -> Self {
        let program = Program::start("larder", &["serve", "--demo", "--listen", "127.0.0.1:0"], env);
        let program = program.expect("it starts");
        let said = async |words: &str| {
            let line = program.line(words).await.expect("it says so");
            line.split_once(words).expect("the line has it").1.trim().to_owned()
        };
        let (url, standin) = (said("Larder listens on ").await, said("export AWS_ENDPOINT_URL=").await);
        Self { url, standin, _program: program }
    }

    /// Runs suites against it.
    pub(crate) async fn passes(&self, suites: &[&str], env: &[(&str, &str)]) {
        let own = [("LARDER_URL", self.url.as_str()), ("STANDIN_URL", &self.standin)];
        let browser = Browser::run(suites, &[&own[..], env].concat()).await.expect("it runs");
        assert!(browser.passed, "{}", browser.report);
    }
}
