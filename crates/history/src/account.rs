/// A row of `cloud_accounts`: an account that can be asked, and how. Never an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudAccount {
    /// 12 digits.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// The role by which it is asked; absent for the own account.
    pub role_arn: Option<String>,
    /// What the role's trust policy wants to hear.
    pub external_id: Option<String>,
    /// The regions that it uses, by name; none means all that it may use.
    pub regions: Vec<String>,
}
