use serde_json::{Value, json};

use crate::scripted_aws::{Reply, real_data, scripted};
use crate::{Aws, Region, Scope, data_type};

async fn fetch(aws: &Aws) -> Value {
    let row = data_type("ec2-instance-types").expect("a row");
    let scope = Scope { region: Region::parse("us-east-1"), account: None };
    let json = row.fetch(aws, &scope).await.expect("an answer");
    serde_json::from_slice(&json).expect("JSON")
}

#[tokio::test]
async fn what_is_not_said_is_null_and_a_new_type_keeps_its_name() {
    let script = scripted(|asked| {
        assert!(asked.body.contains("MaxResults=100"), "{}", asked.body);
        let types = "<item><instanceType>z99.huge</instanceType></item><item><instanceType>m5.large</instanceType>\
            <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo>\
            <networkInfo><networkPerformance>Up to 10 Gigabit</networkPerformance></networkInfo></item>";
        let xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
        let answer = format!(
            "<DescribeInstanceTypesResponse xmlns=\"{xmlns}\"><instanceTypeSet>{types}</instanceTypeSet>\
             </DescribeInstanceTypesResponse>"
        );
        Reply::Http(200, answer)
    });
    let expected = json!({"instanceTypes": [
        {"instanceType": "m5.large", "vcpus": 2, "memory": 8192, "networkPerformance": "Up to 10 Gigabit"},
        {"instanceType": "z99.huge", "vcpus": null, "memory": null, "networkPerformance": null},
    ]});
    assert_eq!(fetch(&script.aws()).await, expected);
}

/// AWS's own 1,395 types, in pages of 100 as AWS gives them.
#[tokio::test]
async fn every_type_of_aws_comes_out_as_it_is() {
    let Some(types) = real_data("aws-responses/moto/instance_types.json.gz") else {
        return;
    };
    let types = types.as_object().expect("types by name").clone();
    let expected: Vec<_> = types.values().map(expected).collect();
    assert_eq!(expected.len(), 1_395);
    let script = scripted(move |asked| {
        let from = asked.before * 100;
        let items: String = types.values().skip(from).take(100).map(xml).collect();
        let next = (from + 100 < types.len()).then(|| format!("<nextToken>{from}</nextToken>"));
        Reply::Http(
            200,
            format!("<R><instanceTypeSet>{items}</instanceTypeSet>{}</R>", next.unwrap_or_default())
                .replace("R>", "DescribeInstanceTypesResponse>"),
        )
    });
    let answer = fetch(&script.aws()).await;
    assert_eq!(answer["instanceTypes"], Value::Array(expected));
    assert_eq!(script.asked().len(), 14);
}

fn expected(info: &Value) -> Value {
    json!({
        "instanceType": info["InstanceType"],
        "vcpus": info["VCpuInfo"]["DefaultVCpus"],
        "memory": info["MemoryInfo"]["SizeInMiB"],
        "networkPerformance": info["NetworkInfo"]["NetworkPerformance"],
    })
}

fn xml(info: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!(
        "<item><instanceType>{}</instanceType><vCpuInfo><defaultVCpus>{}</defaultVCpus></vCpuInfo><memoryInfo>\
         <sizeInMiB>{}</sizeInMiB></memoryInfo><networkInfo><networkPerformance>{}</networkPerformance>\
         </networkInfo></item>",
        text(&info["InstanceType"]),
        info["VCpuInfo"]["DefaultVCpus"],
        info["MemoryInfo"]["SizeInMiB"],
        text(&info["NetworkInfo"]["NetworkPerformance"]),
    )
}
