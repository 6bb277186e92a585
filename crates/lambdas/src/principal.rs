use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use larder_app::{Principal, RequestId};

/// Puts on a request the id that API Gateway gave it, and the principal whose access token the JWT authorizer has verified.
pub(crate) fn with_identity(mut request: Request) -> Request {
    if let Some(id) = id_of(&request) {
        request.extensions_mut().insert(id);
    }
    if let Some(principal) = principal_of(&request) {
        request.extensions_mut().insert(principal);
    }
    request
}

fn id_of(request: &Request) -> Option<RequestId> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return None };
    RequestId::of_gateway(context.request_id.as_deref()?)
}

fn principal_of(request: &Request) -> Option<Principal> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return None };
    let token = context.authorizer.as_ref()?.jwt.as_ref()?;
    Principal::from_claims(&token.claims, token.scopes.as_deref().unwrap_or_default())
}
