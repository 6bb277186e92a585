use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use larder_app::Principal;

/// Puts the principal on a request whose access token the HTTP API's JWT authorizer has verified.
pub(crate) fn with_principal(mut request: Request) -> Request {
    if let Some(principal) = principal_of(&request) {
        request.extensions_mut().insert(principal);
    }
    request
}

fn principal_of(request: &Request) -> Option<Principal> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return None };
    let token = context.authorizer.as_ref()?.jwt.as_ref()?;
    Principal::from_claims(&token.claims, token.scopes.as_deref().unwrap_or_default())
}
