// A herd on bentocache: many instances, each with a memory layer, that share a DynamoDB table as their second layer.
// Its arguments are the folder that bentocache is installed in, DynamoDB's URL, the table, a cold key, what upstream
// takes in milliseconds, how many instances and requests of each, and the bytes of a value.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [folder, endpoint, table, key, upstream, instances, requests, bytes] = process.argv.slice(2);
const installed = createRequire(`${folder}/`);
const load = (name) => import(pathToFileURL(installed.resolve(name)).href);
const { BentoCache, bentostore } = await load('bentocache');
const { memoryDriver } = await load('bentocache/drivers/memory');
const { dynamoDbDriver } = await load('bentocache/drivers/dynamodb');

const value = 'v'.repeat(Number(bytes));
const driver = {
  table: { name: table },
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

const store = () => bentostore().useL1Layer(memoryDriver({})).useL2Layer(dynamoDbDriver(driver));
const containers = Array.from(
  { length: Number(instances) },
  () => new BentoCache({ default: 'layered', stores: { layered: store() } }),
);

const rush = async (key) => {
  let calls = 0;
  const factory = async () => {
    calls += 1;
    await sleep(Number(upstream));
    return value;
  };
  const began = process.hrtime.bigint();
  const asked = containers.flatMap((bento) =>
    Array.from({ length: Number(requests) }, () => bento.getOrSet({ key, factory, ttl: '1h' })),
  );
  const answers = await Promise.all(asked);
  const nanoseconds = Number(process.hrtime.bigint() - began);
  if (!answers.every((answer) => answer === value)) throw new Error('an answer is not whole');
  return { calls, nanoseconds };
};

// What has to be compiled and connected first is no part of what is measured.
await rush(`${key}-before`);
console.log(JSON.stringify(await rush(key)));
await Promise.all(containers.map((bento) => bento.disconnectAll()));
