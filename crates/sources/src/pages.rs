use std::collections::HashSet;

use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{FailureKind, FetchError};

/// The most pages that one list may have; at 1,000 items a page a million items.
const MAX_PAGES: usize = 1_000;

type TokenAndItems<T> = (Option<String>, Option<Vec<T>>);

/// Every item of every page of a list.
///
/// `split` takes a page apart: its next token and its items. The SDK's paginator takes a repeated token for the end
/// of the list; here it is an error, since the list may go on, and so is a list that does not end.
///
/// # Errors
/// Whatever a page failed with, and [`FailureKind::EndlessPages`].
pub(crate) async fn every_page<P, T, E>(
    operation: &'static str,
    mut pages: PaginationStream<Result<P, SdkError<E, HttpResponse>>>,
    split: fn(P) -> TokenAndItems<T>,
) -> Result<Vec<T>, FetchError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let mut all = Vec::new();
    let mut tokens = PageTokens::new(operation, MAX_PAGES);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| FetchError::from_sdk(operation, &error))?;
        let (token, items) = split(page);
        all.extend(items.into_iter().flatten());
        if tokens.next(token)?.is_none() {
            return Ok(all);
        }
    }
    // A paginator that ends although the last page named a next one has lost the rest.
    Err(FetchError::new(FailureKind::EndlessPages, operation, "the pages ended before the list did"))
}

/// The tokens of a list's pages so far, which tell a list that does not end.
#[derive(Debug)]
pub(crate) struct PageTokens {
    operation: &'static str,
    most_pages: usize,
    seen: HashSet<String>,
}

impl PageTokens {
    pub(crate) fn new(operation: &'static str, most_pages: usize) -> Self {
        Self { operation, most_pages, seen: HashSet::new() }
    }

    /// The token to ask the next page with, of the token that the last page came with. `None` after the last one.
    ///
    /// # Errors
    /// [`FailureKind::EndlessPages`] if it came before, or if the next page would be one too many.
    pub(crate) fn next(&mut self, token: Option<String>) -> Result<Option<String>, FetchError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        if !self.seen.insert(token.clone()) {
            return Err(self.endless("AWS gave the same page token twice".to_owned()));
        }
        if self.seen.len() >= self.most_pages {
            return Err(self.endless(format!("the list has over {} pages", self.most_pages)));
        }
        Ok(Some(token))
    }

    fn endless(&self, message: String) -> FetchError {
        FetchError::new(FailureKind::EndlessPages, self.operation, message)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::operation::describe_subnets::DescribeSubnetsError;
    use aws_smithy_async::future::pagination_stream::fn_stream::FnStream;
    use rstest::rstest;

    use super::*;

    type Answer = Result<TokenAndItems<u32>, SdkError<DescribeSubnetsError, HttpResponse>>;

    /// As many pages as asked, `tokens` being their next tokens in turn and again from the first.
    fn stream(pages: usize, token: fn(usize) -> Option<String>) -> PaginationStream<Answer> {
        PaginationStream::new(FnStream::new(move |tx| {
            Box::pin(async move {
                for page in 0..pages {
                    let items = vec![u32::try_from(page).expect("few pages")];
                    if tx.send(Ok((token(page), Some(items)))).await.is_err() {
                        return;
                    }
                }
            })
        }))
    }

    async fn read(pages: PaginationStream<Answer>) -> Result<Vec<u32>, FetchError> {
        every_page("ec2:DescribeSubnets", pages, |page| page).await
    }

    #[rstest]
    #[case(|_: usize| None)]
    #[case(|_: usize| Some(String::new()))]
    #[tokio::test]
    async fn a_page_without_a_token_is_the_last(#[case] token: fn(usize) -> Option<String>) {
        assert_eq!(read(stream(1, token)).await.expect("one page"), [0]);
    }

    #[tokio::test]
    async fn every_page_is_read() {
        let pages = stream(3, |page| (page < 2).then(|| page.to_string()));
        assert_eq!(read(pages).await.expect("three pages"), [0, 1, 2]);
    }

    #[rstest]
    #[case::same_token_at_once(5, |_: usize| Some("a".to_owned()), "twice")]
    #[case::tokens_in_a_circle(9, |page: usize| Some((page % 3).to_string()), "twice")]
    #[case::ever_new_tokens(MAX_PAGES + 1, |page: usize| Some(page.to_string()), "over 1000")]
    #[case::cut_off(2, |page: usize| Some(page.to_string()), "ended before")]
    #[tokio::test]
    async fn a_list_that_does_not_end_is_an_error(
        #[case] pages: usize,
        #[case] token: fn(usize) -> Option<String>,
        #[case] says: &str,
    ) {
        let error = read(stream(pages, token)).await.expect_err("no end");
        assert_eq!(error.kind, FailureKind::EndlessPages);
        assert_eq!(error.operation, "ec2:DescribeSubnets");
        assert!(error.to_string().contains(says), "{error}");
    }
}
