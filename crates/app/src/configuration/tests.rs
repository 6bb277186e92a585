use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use rstest::rstest;

use super::plain::PLAIN;
use super::read::{merge, read_file};
use super::*;

fn read(file: &str, environment: &[(&str, &str)], flags: &[Flag]) -> Result<Configuration, String> {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    merge((Path::new("larder.toml"), file), &environment, flags).map_err(|error| error.to_string())
}

fn listen(value: &str) -> Flag {
    Flag { key: "listen", flag: "--listen", value: value.to_owned() }
}

#[test]
fn nothing_set_is_the_defaults_and_they_are_what_the_table_says() {
    assert_eq!(read("", &[("PATH", "/bin")], &[]), Ok(Configuration::default()));
    // What these say is no value.
    let in_words = ["store", "log_level", "table", "environment", "account_id", "accounts_table", "runtime.app_tag"];
    let in_words =
        [&in_words[..], &["runtime.servers_table", "runtime.table", "runtime.max_age_s", "warm.keys"]].concat();
    let in_words = [&in_words[..], &["metrics.namespace", "auth.issuer", "auth.audience", "auth.jwks"]].concat();
    let of_history = ["database", "read_replica", "database_secret", "versions_months", "costs_months"];
    let of_history = [&of_history[..], &["database_host", "database_port", "database_name"]].concat();
    let of_history: Vec<_> = of_history.iter().map(|name| format!("history.{name}")).collect();
    let in_words = [in_words, of_history.iter().map(|it| &**it).collect()].concat();
    let in_words = [&in_words[..], &["page.login_domain", "page.client_id"]].concat();
    for row in PLAIN.iter().filter(|row| !in_words.contains(&row.key)) {
        let configuration = read("", &[(row.variable, row.default)], &[]);
        assert_eq!(configuration, Ok(Configuration::default()), "{}", row.key);
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"";
    let environment = [("LARDER_LISTEN", "127.0.0.1:2")];
    let port = |configuration: Result<Configuration, String>| configuration.map(|it| it.listen.port());
    assert_eq!(port(read(file, &[], &[])), Ok(1));
    assert_eq!(port(read(file, &environment, &[])), Ok(2));
    assert_eq!(port(read(file, &environment, &[listen("127.0.0.1:3")])), Ok(3));
}

#[rstest]
#[case("", &[("LARDER_COHERENCE_WINDOW_MS", "abc")], "LARDER_COHERENCE_WINDOW_MS (environment): \"abc\" is not a whole number of milliseconds, e.g. 2000")]
#[case("[cache]\ncoherence_window_ms = -1", &[], "larder.toml, cache.coherence_window_ms: \"-1\" is not a whole number of milliseconds, e.g. 2000")]
#[case("[cache]\nmemory_byte = 1", &[], "larder.toml, cache.memory_byte: there is no such setting; did you mean cache.memory_bytes?")]
#[case("", &[("LARDER_STOER", "memory")], "LARDER_STOER (environment): there is no such setting; did you mean LARDER_STORE?")]
#[case("", &[("LARDER_STORE", "redis:x")], "LARDER_STORE (environment): \"redis:x\" is none of sqlite:PATH, dynamodb:TABLE, memory")]
#[case("", &[("CACHE_TABLE_NAME", "")], "CACHE_TABLE_NAME (environment): \"\" is not a DynamoDB table name")]
#[case("", &[("LARDER_TTL_JITTER", "1.5")], "LARDER_TTL_JITTER (environment): \"1.5\" is not a number from 0 to 0.9")]
#[case("", &[("LARDER_TTL_JITTER", "NaN")], "LARDER_TTL_JITTER (environment): \"NaN\" is not a number")]
#[case("", &[("LARDER_MEMORY_BYTES", "64 parsecs")], "LARDER_MEMORY_BYTES (environment): \"64 parsecs\" is not a size")]
#[case("", &[("LARDER_CACHE_DISABLED", "maybe")], "LARDER_CACHE_DISABLED (environment): \"maybe\" is none of true, on, false, off")]
#[case("", &[("CACHE_TABLE_NAME", "my table")], "CACHE_TABLE_NAME (environment): \"my table\" is not a DynamoDB table name")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws:s3:us-east-1:111122223333:table/larder")], "CACHE_TABLE_NAME (environment): \"arn:aws:s3:")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws:dynamodb:us-east-1:111122223333:table/")], "CACHE_TABLE_NAME (environment): \"arn:aws:dynamodb:")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws:dynamodb:us-east-1:1111:table/larder")], "CACHE_TABLE_NAME (environment): \"arn:aws:dynamodb:")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws:dynamodb:mars-1:111122223333:table/larder")], "CACHE_TABLE_NAME (environment): \"arn:aws:dynamodb:")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws-cn:dynamodb:us-east-1:111122223333:table/larder")], "CACHE_TABLE_NAME (environment): \"arn:aws-cn:")]
#[case("", &[("CACHE_TABLE_NAME", "arn:aws:dynamodb:us-east-1:111122223333:table/larder/index/x")], "CACHE_TABLE_NAME (environment): \"arn:aws:")]
#[case("", &[("LARDER_STORE", "dynamodb:arn:x:table/y")], "LARDER_STORE (environment): \"arn:x:table/y\" is not a DynamoDB table name")]
#[case("", &[("LARDER_STORE_TIMEOUT_MS", "25000")], "LARDER_STORE_TIMEOUT_MS (environment): \"25000\" must be below the 25000 milliseconds")]
#[case("", &[("LARDER_STORE_TIMEOUT_MS", "0")], "LARDER_STORE_TIMEOUT_MS (environment): \"0\" must be above 0")]
#[case("", &[("LARDER_BREAKER_FAILURES", "0")], "LARDER_BREAKER_FAILURES (environment): \"0\" is not a whole number from 1 to 10000")]
#[case("", &[("LARDER_BREAKER_FAILURES", "10001")], "LARDER_BREAKER_FAILURES (environment): \"10001\" is not a whole number from 1 to 10000")]
#[case("", &[("LARDER_BYPASS_CONCURRENCY", "18446744073709551615")], "LARDER_BYPASS_CONCURRENCY (environment): \"18446744073709551615\" is not a whole number from 1 to 10000")]
#[case("", &[("LARDER_TTL_DRS_QUOTAS_S", "5m")], "LARDER_TTL_DRS_QUOTAS_S (environment): \"5m\" is not a whole number of seconds, e.g. 300")]
#[case("", &[("LARDER_TTL_DRS_QUOTAS_S", "99999999999")], "LARDER_TTL_DRS_QUOTAS_S (environment): \"99999999999\" is not a whole number of seconds")]
#[case("", &[("LARDER_ACCOUNT_ID", "12345")], "LARDER_ACCOUNT_ID (environment): \"12345\" is not an account of 12 digits")]
#[case("", &[("LARDER_METRICS_NAMESPACE", "AWS/Lambda")], "LARDER_METRICS_NAMESPACE (environment): \"AWS/Lambda\" is not a CloudWatch namespace")]
#[case("", &[("LARDER_METRICS_NAMESPACE", "Larder dév")], "LARDER_METRICS_NAMESPACE (environment): \"Larder dév\" is not a CloudWatch namespace")]
#[case("", &[("LARDER_DATABASE", "mysql://larder:hunter2@db")], "LARDER_DATABASE (environment): that is none of sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE, none")]
#[case("", &[("LARDER_DATABASE_READ", "sqlite:x")], "LARDER_DATABASE_READ (environment): that is not postgres://USER:PASSWORD@HOST/DATABASE")]
#[case("", &[("LARDER_DATABASE_SECRET", "larder")], "LARDER_DATABASE_SECRET (environment): that is not the ARN of a secret")]
#[case("", &[("LARDER_COSTS_MONTHS", "0")], "LARDER_COSTS_MONTHS (environment): \"0\" is not a whole number of months from 1, e.g. 13")]
#[case("", &[("LARDER_SYNC_EVERY_S", "1h")], "LARDER_SYNC_EVERY_S (environment): \"1h\" is not a whole number of seconds")]
#[case("", &[("LARDER_LOGIN_DOMAIN", "https://x")], "LARDER_LOGIN_DOMAIN (environment): \"https://x\" is not a host")]
#[case("", &[("LOG_LEVEL", "loud")], "LOG_LEVEL (environment): \"loud\" is none of error, warn, info, debug, trace")]
#[case("", &[("LARDER_WARM_EVERY_S", "59")], "LARDER_WARM_EVERY_S (environment): \"59\" is less than 60 seconds")]
#[case("", &[("LARDER_WARM_FETCHES_PER_MINUTE", "0")], "LARDER_WARM_FETCHES_PER_MINUTE (environment): \"0\" is not a whole number from 1 to 10000")]
#[case("", &[("LARDER_WARM_KEYS", "ec2-regions#-#111122223333,ec2-subnets#mars-1#111122223333")], "LARDER_WARM_KEYS (environment): \"ec2-subnets#mars-1#111122223333\" is not the key of an entry, such as ec2-subnets#us-east-1#111122223333")]
#[case("[warm]\nkeys = \"ec2-subnet#us-east-1#111122223333\"", &[], "larder.toml, warm.keys: \"ec2-subnet#us-east-1#111122223333\" is not the key of an entry")]
#[case("", &[("LARDER_WARM_KEYS", "ec2-subnets#us-east-1#111122223333#0123456789abcdef0123456789abcdef")], "LARDER_WARM_KEYS (environment): \"ec2-subnets#us-east-1#111122223333#0123456789abcdef0123456789abcdef\" is not the key")]
#[case("[ttl_s]\ndrs-quota = 5", &[], "larder.toml, ttl_s.drs-quota: there is no such setting; did you mean ttl_s.drs-quotas?")]
#[case("", &[("LARDER_AUTH_JWKS", "http://idp.example/keys")], "LARDER_AUTH_JWKS (environment): \"http://idp.example/keys\" is no https URL")]
#[case("[auth]\naudience = \"a b\"", &[], "larder.toml, auth.audience: \"a b\" is no list of clients")]
#[case("[auth]\nisuer = \"x\"", &[], "larder.toml, auth.isuer: there is no such setting; did you mean auth.issuer?")]
#[case("listen = [1]", &[], "larder.toml, listen: must be a text, a number or true or false")]
#[case("listen = ", &[], "larder.toml: TOML parse error at line 1")]
fn a_bad_value_is_named_with_its_source(#[case] file: &str, #[case] environment: &[(&str, &str)], #[case] said: &str) {
    let error = read(file, environment, &[]).expect_err("refused");
    assert!(error.starts_with(said), "{error}");
}

#[test]
fn a_bad_flag_is_named_as_it_was_typed() {
    let error = read("", &[], &[listen("everywhere")]).expect_err("refused");
    assert_eq!(error, "--listen: \"everywhere\" is not an IP address and port, e.g. 127.0.0.1:8080");
}

#[rstest]
#[case("", "LARDER_CONFIG (environment): \"\" is not the path of a file that can be read: ")]
#[case("no/such.toml", "LARDER_CONFIG (environment): \"no/such.toml\" is not the path of a file that can be read: ")]
fn a_bad_file_is_named_with_what_named_it(#[case] path: &str, #[case] said: &str) {
    let environment = [("LARDER_CONFIG".to_owned(), path.to_owned())];
    let error = read_file(None, &environment).expect_err("refused").to_string();
    assert!(error.starts_with(said), "{error}");
    let error = read_file(Some("not/there.toml".into()), &environment).expect_err("refused").to_string();
    assert!(error.starts_with("not/there.toml: "), "a flag wins: {error}");
}

#[test]
fn a_table_may_be_named_by_its_arn() {
    let arn = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/larder-query-cache-dev";
    let configuration = read("", &[("CACHE_TABLE_NAME", arn), ("LARDER_STORE", &format!("dynamodb:{arn}"))], &[]);
    let configuration = configuration.expect("valid");
    assert_eq!(configuration.table.as_deref(), Some(arn));
    assert_eq!(configuration.store, Some(StoreChoice::DynamoDb(arn.to_owned())));
}

#[test]
fn keys_may_be_one_several_or_none() {
    let keys = |text: &str| {
        let configuration = read("", &[("LARDER_WARM_KEYS", text)], &[]).expect("valid");
        configuration.warm.keys.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let [subnets, types] = ["ec2-subnets#us-east-1#111122223333", "ec2-instance-types#us-east-1#global"];
    assert_eq!(keys(&format!("{subnets}, {types},{subnets}")), [subnets, types]);
    assert_eq!(keys(subnets), [subnets]);
    assert_eq!(keys(""), Vec::<String>::new());
}

#[test]
fn counts_and_times_may_be_as_large_as_is_said() {
    let environment = [("LARDER_BYPASS_CONCURRENCY", "10000"), ("LARDER_STORE_TIMEOUT_MS", "24999")];
    let settings = read("", &environment, &[]).expect("valid").cache.settings;
    assert_eq!((settings.bypass_concurrency, settings.store_timeout), (10_000, Duration::from_millis(24_999)));
}

#[test]
fn variables_of_others_and_of_the_tests_are_left_alone() {
    let environment = [
        ("LARDER_REAL_DATA", "x"),
        ("LARDER_SEEDS", "x"),
        ("LARDER_SEED", "x"),
        ("LARDER_STORM_SEED", "x"),
        ("LARDERY", "x"),
        ("LARDER_CONFIG", "larder.toml"),
    ];
    assert_eq!(read("", &environment, &[]), Ok(Configuration::default()));
}

#[test]
fn windows_are_set_by_data_type_and_stale_ones_follow_a_shorter_ttl() {
    let file = "[ttl_s]\ndrs-quotas = 10\n[stale_if_error_s]\ndrs-quotas = 7";
    let configuration = read(file, &[("LARDER_TTL_EC2_SUBNETS_S", "20")], &[]).expect("valid");
    let policy = |name| configuration.policy(larder_sources::data_type(name).expect("a row"));
    let quotas = policy("drs-quotas");
    assert_eq!(quotas.ttl, Duration::from_secs(10));
    assert_eq!(quotas.stale_while_revalidate, Duration::from_secs(10));
    assert_eq!(quotas.stale_if_error, Duration::from_secs(7));
    assert_eq!(policy("ec2-subnets").ttl, Duration::from_secs(20));
    assert_eq!(policy("ec2-instance-types").ttl, Duration::from_hours(24));
}

#[test]
fn sizes_and_levels_may_be_written_as_people_write_them() {
    let environment = [
        ("LARDER_MEMORY_BYTES", "1 MiB"),
        ("LARDER_LARGEST_VALUE", "2048"),
        ("LOG_LEVEL", "DEBUG"),
        ("LARDER_LEASE", "off"),
    ];
    let configuration = read("", &environment, &[]).expect("valid");
    assert_eq!(configuration.cache.settings.memory_bytes, 1 << 20);
    assert_eq!(configuration.cache.settings.largest_value, 2048);
    assert_eq!(configuration.log_level, Some(LogLevel::Debug));
    assert_eq!(configuration.cache.fetch_once_per, FetchOncePer::Process);
}

#[test]
fn no_two_settings_share_a_name_and_each_is_documented() {
    let settings = settings();
    let keys: BTreeSet<_> = settings.iter().map(|setting| setting.key.clone()).collect();
    let variables: BTreeSet<_> = settings.iter().map(|setting| setting.variable.clone()).collect();
    assert_eq!((keys.len(), variables.len()), (settings.len(), settings.len()));
    assert!(documented().iter().all(|setting| !setting.help.is_empty() && !setting.default.is_empty()));
}

const STAGING: &str = r#"
[[accounts]]
account_id = "444455556666"
name = "staging"
role_arn = "arn:aws:iam::444455556666:role/larder-read"
external_id = "larder-6666"
regions = ["eu-west-1", "us-east-1"]
"#;

#[test]
fn accounts_stand_in_the_file() {
    let entry = larder_sources::AccountEntry {
        account_id: "444455556666".to_owned(),
        name: Some("staging".to_owned()),
        role_arn: Some("arn:aws:iam::444455556666:role/larder-read".to_owned()),
        external_id: Some("larder-6666".to_owned()),
        regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
    };
    let expected = ConfiguredAccounts::new(vec![entry.try_into().expect("it is right")]).expect("it is there once");
    let file = format!("log_level = \"warn\"\n{STAGING}\n[cache]\nlease = false");
    assert_eq!(read(&file, &[], &[]).expect("it is right").accounts, expected);
}

#[rstest]
#[case("accounts = 5", "larder.toml, accounts: must be tables, each under a line of its own: [[accounts]]")]
#[case("accounts = [5]", "larder.toml, accounts, number 1: invalid type: integer `5`")]
#[case("[[accounts]]\nname = \"x\"", "larder.toml, accounts, number 1: missing field `account_id`")]
#[case(
    "[[accounts]]\naccount_id = \"4\"",
    "larder.toml, accounts, number 1: \"4\" is not an account: that is 12 digits"
)]
#[case(&format!("{STAGING}roleArn = \"x\""), "larder.toml, accounts, number 1: unknown field `roleArn`")]
#[case(&format!("{STAGING}{}", STAGING.replace("66", "77")), "larder.toml, accounts, number 2: account 444455557777: ")]
#[case(&format!("{STAGING}{STAGING}"), "larder.toml, accounts: account 444455556666 is there twice")]
fn an_account_that_is_wrong_is_named_by_its_place(#[case] file: &str, #[case] expected: &str) {
    // The third's role stays that of the first account.
    let file = file.replace("444455557777:role", "444455556666:role");
    let error = read(&file, &[], &[]).expect_err("it is wrong");
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn the_issuers_of_the_readme_can_be_set() {
    let readme = std::fs::read_to_string("../../README.md").expect("the README can be read");
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
    let issuers: Vec<_> = blocks.filter(|block| block.contains("[auth]")).collect();
    assert_eq!(issuers.len(), 2, "one of Cognito, one of Keycloak");
    for block in issuers {
        let auth = read(block, &[], &[]).expect("valid").auth;
        assert!(auth.trusted().is_ok_and(|trusted| trusted.is_some()), "{block}");
    }
}
