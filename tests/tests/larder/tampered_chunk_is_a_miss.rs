use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_tests::DynamoDbLocal;

use crate::cloud::{Cloud, FIRST, REGION, item, table};
use crate::door::Door;
use crate::large_subnets::LargeSubnets;

const PATH: &str = "/ec2/subnets?region=us-east-1";

/// One chunk with a byte turned, or one that is gone: the value is not put together from what is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_with_a_wrong_digest_or_none_is_a_miss() {
    let (cloud, ec2) = (Cloud::start().await, LargeSubnets::start().await);
    let client = DynamoDbLocal::shared().await.client();
    for counter in ["corrupt", "chunkMissing"] {
        let (table, endpoint) = table().await;
        let more = [
            ("AWS_ENDPOINT_URL_EC2", ec2.url()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
            ("CACHE_TABLE_NAME", &*table),
        ];
        let env = cloud.env(FIRST, &more);
        let filled = Door::serve(&[], &env).await.get(PATH).await;
        assert!(filled.status == 200 && LargeSubnets::are_whole(&filled.json()), "{}", filled.status);
        let whole = Door::serve(&[], &env).await.get(PATH).await;
        assert!(whole.cache_status().ends_with("detail=store"), "{}", whole.cache_status());
        assert!(whole.text == filled.text, "byte for byte");

        let entry = item(&table, &format!("ec2-subnets#{REGION}#{}", cloud.account(FIRST).id())).await;
        let chunk = format!("#chunk#{}#1", entry["digest"].as_s().expect("a digest"));
        let mut chunk = item(&table, &chunk).await;
        if counter == "corrupt" {
            let mut data = chunk["data"].as_b().expect("bytes").clone().into_inner();
            data[7] ^= 1;
            chunk.insert("data".to_owned(), AttributeValue::B(Blob::new(data)));
            client.put_item().table_name(&table).set_item(Some(chunk)).send().await.expect("put");
        } else {
            let key = chunk.remove("cacheKey").expect("a key");
            client.delete_item().table_name(&table).key("cacheKey", key).send().await.expect("deleted");
        }
        let door = Door::serve(&[], &env).await;
        let missed = door.get(PATH).await;
        assert!(missed.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", missed.cache_status());
        assert!(LargeSubnets::are_whole(&missed.json()) && missed.text != whole.text, "AWS's own new answer");
        assert!(door.counted(counter).await > 0, "{counter}");
    }
}
