//! What the DynamoDB store calls is what it says that it needs to be permitted.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use larder_cache::store::{Claim, DynamoDbStore, Store};
use larder_cache::{Incarnation, Marks, Selector};

use crate::backends::{Hasty, dynamodb};
use crate::samples::{bytes, chunked, entry, fence, key, lease};

/// The operations that were sent, as IAM names them.
#[derive(Clone, Debug, Default)]
struct Sent(Arc<Mutex<BTreeSet<String>>>);

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "sent"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").expect("DynamoDB's protocol names the operation");
        let operation = target.rsplit('.').next().expect("a name");
        self.0.lock().expect("no thread panicked with it").insert(format!("dynamodb:{operation}"));
        Ok(())
    }
}

#[tokio::test]
async fn the_actions_are_those_that_the_store_calls() {
    let (_, client, table) = dynamodb().await;
    let sent = Sent::default();
    let config = client.config().to_builder().interceptor(sent.clone()).build();
    ask_everything(&DynamoDbStore::new(Client::from_conf(config), table, Arc::new(Hasty::default()))).await;
    let sent = sent.0.lock().expect("no thread panicked with it").clone();
    assert_eq!(sent.iter().map(String::as_str).collect::<Vec<_>>(), DynamoDbStore::IAM_ACTIONS);
}

/// Every method of the port once, with what makes it call all that it may.
async fn ask_everything(store: &DynamoDbStore) {
    let key = key("ec2-subnets", 1);
    store.read(&key).await.expect("answers");
    assert_eq!(store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value, None);
    store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    store.create_epoch(Incarnation::new(0, 2)).await.expect("answers");
    let epoch = store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value.expect("there is one");
    store.fold_epoch(&epoch, &Marks::new()).await.expect("answers");
    store.read_epoch().await.expect("answers");
    let written = chunked(entry(&key, fence(1, 1)), "a", 1);
    let chunks: Vec<_> = written.payload.chunks().into_iter().map(|id| (id, bytes(1, 9))).collect();
    store.write_chunks(&chunks, 4_100_003_900).await.expect("answers");
    store.write_entry(&written).await.expect("answers");
    store.mark_used(&key, written.created_at, written.created_at + 1).await.expect("answers");
    let ids: Vec<_> = chunks.into_iter().map(|(id, _)| id).collect();
    store.read_chunks(&ids).await.expect("answers");
    store.take_lease(&key, &lease("one"), &Claim::New).await.expect("answers");
    store.take_lease(&key, &lease("two"), &Claim::New).await.expect("answers");
    store.release_lease(&key, "one").await.expect("answers");
    store.list("ec2-subnets", None, 10).await.expect("answers");
    assert_eq!(store.delete(&[key.as_str().to_owned()], None).await.expect("answers").value, 1);
}
