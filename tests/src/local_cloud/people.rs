use anyhow::Context;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Value, json};

use super::LocalCloud;

/// Good for nothing but people of a ministack on this machine.
const PASSWORD: &str = "Only-Of-A-Local-Cloud-1";
/// Where the sign-in page goes back to: the template's own. Nobody has to listen there.
const CALLBACK: &str = "http://localhost:8080/";

/// Somebody in the deployment's user pool.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Who: an address.
    pub email: &'a str,
    /// The groups that they are made members of, made too where there is none.
    pub groups: &'a [&'a str],
    /// What they want a token for: `larder/read`, ...
    pub scopes: &'a [&'a str],
}

impl LocalCloud {
    /// Adds somebody to the user pool and signs them in as a browser would, with an authorization code: their access
    /// token.
    ///
    /// # Errors
    /// If they are there already, or one of the steps is refused.
    pub async fn sign_in(&self, person: &Person<'_>) -> anyhow::Result<String> {
        self.add(person).await?;
        let client_id = self.output("PeopleClientId")?;
        let scopes = person.scopes.join(" ");
        let credentials = [
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", &scopes),
            ("username", person.email),
            ("password", PASSWORD),
        ];
        let signed_in = self.submit("/login", &credentials).await?;
        let back = signed_in.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let back = Url::parse(back.with_context(|| format!("{person:?} can't sign in"))?)?;
        let code = back.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        let code = code.with_context(|| format!("there is no code in {back}"))?;
        let grant = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("code", &code),
        ];
        let tokens: Value = self.submit("/oauth2/token", &grant).await?.json().await?;
        Ok(tokens["access_token"].as_str().with_context(|| format!("no access token: {tokens}"))?.to_owned())
    }

    async fn add(&self, Person { email, groups, .. }: &Person<'_>) -> anyhow::Result<()> {
        const COGNITO: &str = "cognito-idp";
        let pool = self.output("UserPoolId")?;
        let [known] = self.call([(COGNITO, "list_groups", json!({"UserPoolId": pool}))]).await?;
        let known = known["Groups"].as_array().context("a list of groups")?;
        let attributes = json!([{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]);
        let user = json!({
            "UserPoolId": pool, "Username": email, "UserAttributes": attributes,
            "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
        });
        let password = json!({"UserPoolId": pool, "Username": email, "Password": PASSWORD, "Permanent": true});
        let mut calls = vec![(COGNITO, "admin_create_user", user), (COGNITO, "admin_set_user_password", password)];
        for group in *groups {
            if !known.iter().any(|it| it["GroupName"] == *group) {
                calls.push((COGNITO, "create_group", json!({"UserPoolId": pool, "GroupName": group})));
            }
            let member = json!({"UserPoolId": pool, "Username": email, "GroupName": group});
            calls.push((COGNITO, "admin_add_user_to_group", member));
        }
        self.call_all(&calls).await?;
        Ok(())
    }

    /// Sends a form to the user pool's pages.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<reqwest::Response> {
        let url = format!("{}{path}", self.aws_endpoint_url());
        let form = Url::parse_with_params(&url, fields)?.query().unwrap_or_default().to_owned();
        let request = self.client()?.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Ok(request.body(form).send().await?)
    }
}
