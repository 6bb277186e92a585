use crate::fleet::{InstanceProfile, InstanceProfileRole};
use crate::operations::Call;
use crate::paging::page;
use crate::request::Form;
use crate::wire::{AwsError, Element};

/// IAM's own limit of `MaxItems`, and its default.
const PAGE_MAX: usize = 1000;
const PAGE_DEFAULT: usize = 100;

/// Every role of the fleet is for EC2. IAM writes policies percent-encoded.
const TRUST_POLICY: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow\
    %22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole\
    %22%7D%5D%7D";

/// `ListInstanceProfiles`.
pub(crate) fn list_instance_profiles(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    if !prefix.starts_with('/') {
        return Err(AwsError::validation_error("The specified value for pathPrefix is invalid. It must begin with /."));
    }
    let all = call.fleet.instance_profiles(call.account.id());
    let profiles: Vec<&InstanceProfile> = all.iter().filter(|it| it.path.starts_with(prefix)).collect();
    let page = page(&profiles, call, form.get("Marker"), page_size(form)?)
        .map_err(|_| AwsError::validation_error("Invalid Marker."))?;
    let mut members = vec![
        Element::members("InstanceProfiles", page.items.iter().map(|it| render(it))),
        Element::text("IsTruncated", page.next.is_some()),
    ];
    members.extend(page.next.map(|next| Element::text("Marker", next)));
    Ok(members)
}

fn page_size(form: &Form) -> Result<usize, AwsError> {
    let Some(asked) = form.get("MaxItems") else { return Ok(PAGE_DEFAULT) };
    asked.parse().ok().filter(|size| (1..=PAGE_MAX).contains(size)).ok_or_else(|| {
        let message = format!(
            "1 validation error detected: Value '{asked}' at 'maxItems' failed to satisfy constraint: Member must have \
             value between 1 and {PAGE_MAX}"
        );
        AwsError::validation_error(message)
    })
}

fn render(profile: &InstanceProfile) -> Vec<Element> {
    vec![
        Element::text("Path", &profile.path),
        Element::text("InstanceProfileName", &profile.name),
        Element::text("InstanceProfileId", &profile.id),
        Element::text("Arn", &profile.arn),
        Element::text("CreateDate", profile.created),
        Element::members("Roles", profile.role.iter().map(role)),
    ]
}

fn role(role: &InstanceProfileRole) -> Vec<Element> {
    vec![
        Element::text("Path", &role.path),
        Element::text("RoleName", &role.name),
        Element::text("RoleId", &role.id),
        Element::text("Arn", &role.arn),
        Element::text("CreateDate", role.created),
        Element::text("AssumeRolePolicyDocument", TRUST_POLICY),
    ]
}
