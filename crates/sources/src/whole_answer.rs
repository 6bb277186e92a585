use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses an XML answer that was cut off.
///
/// The SDK's XML parser takes the end of the text for the end of the list, so that a body cut off by something between
/// AWS and us would come out as a short list. A whole document ends with the tag that closes its root.
#[derive(Debug)]
pub(crate) struct WholeAnswer;

#[dyn_dispatch_hint]
impl Intercept for WholeAnswer {
    fn name(&self) -> &'static str {
        "WholeAnswer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.output_or_error().is_err() {
            // What was found wrong already says more.
            return Ok(());
        }
        let response = context.response();
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success() && !closes_its_root(body) {
            return Err("the XML of the answer ends before its root element does".into());
        }
        Ok(())
    }
}

fn closes_its_root(xml: &[u8]) -> bool {
    let text = String::from_utf8_lossy(xml);
    let mut rest = text.trim();
    if let Some((_, after)) = rest.strip_prefix("<?").and_then(|x| x.split_once("?>")) {
        rest = after.trim_start();
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    let closed = rest.ends_with(&format!("</{name}>"));
    let empty = rest.ends_with("/>") && rest.matches('<').count() == 1;
    !name.is_empty() && (closed || empty)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<a><b>1</b></a>", true)]
    #[case("<?xml version=\"1.0\"?>\n<a xmlns=\"x\"><b/></a>\n", true)]
    #[case("<a/>", true)]
    #[case("<a><b/>", false)]
    #[case("<a><b>1</b>", false)]
    #[case("<a><b>1</b></", false)]
    #[case("<?xml version=\"1.0\"?>", false)]
    #[case("<?xml vers", false)]
    #[case("", false)]
    #[case("{}", false)]
    fn only_a_document_that_closes_its_root_is_whole(#[case] xml: &str, #[case] whole: bool) {
        assert_eq!(closes_its_root(xml.as_bytes()), whole);
    }
}
