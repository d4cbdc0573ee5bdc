// Runs the jobs of a thing on Node.js with the AWS IoT Device SDK v2 for JavaScript (aws-crt's MQTT 5 client): mutual TLS,
// subscribe, then start-next, the command, update, and the next one. A program to measure the agent against: no journal, no
// captured output, no process groups, no time limits. bench/footprint/peers/build.sh installs the SDK.
//
//   node node-jobs.mjs --host H --port P --ca_file F --cert F --key F --thing_name T
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { iot, mqtt5 } = createRequire(new URL('../../../artifacts/peers/', import.meta.url))('aws-iot-device-sdk-v2');
const names = ['host', 'port', 'ca_file', 'cert', 'key', 'thing_name'];
const { values: options } = parseArgs({ options: Object.fromEntries(names.map(name => [name, { type: 'string' }])) });
const topic = `$aws/things/${options.thing_name}/jobs`;
const atLeastOnce = mqtt5.QoS.AtLeastOnce;

const client = new mqtt5.Mqtt5Client(
  iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(options.host, options.cert, options.key)
    .withCertificateAuthorityFromPath(undefined, options.ca_file)
    .withPort(Number(options.port))
    .withConnectProperties({ clientId: options.thing_name, keepAliveIntervalSeconds: 30 })
    .build());

let pending; // the resolver of the request that waits for its reply
let notified = false; // notify-next has named a job since the last start-next
let working = false;

client.on('messageReceived', ({ message }) => {
  const payload = JSON.parse(Buffer.from(message.payload).toString() || '{}');
  if (message.topicName === `${topic}/notify-next`) {
    notified = payload.execution?.jobId !== undefined;
    work();
  } else {
    pending?.({ accepted: message.topicName.endsWith('/accepted'), payload });
  }
});

async function request(name, body) {
  const reply = new Promise(resolve => { pending = resolve; });
  await client.publish({ topicName: `${topic}/${name}`, qos: atLeastOnce, payload: JSON.stringify(body) });
  return reply;
}

async function update(execution, status) {
  const reply = await request(`${execution.jobId}/update`, { status, expectedVersion: execution.versionNumber });
  if (!reply.accepted) {
    throw new Error(`update of ${execution.jobId}: ${JSON.stringify(reply.payload)}`);
  }
  execution.versionNumber++;
}

async function work() {
  if (working) {
    return;
  }
  working = true;
  do {
    notified = false;
    const { payload } = await request('start-next', {});
    const execution = payload.execution;
    if (execution?.jobId === undefined) {
      continue;
    }
    await update(execution, 'IN_PROGRESS');
    const input = execution.jobDocument.steps[0].action.input;
    const [code] = await once(spawn(input.command, { stdio: 'ignore' }), 'exit');
    await update(execution, code === 0 ? 'SUCCEEDED' : 'FAILED');
    notified = true; // there may be another
  } while (notified);
  working = false;
}

client.start();
await once(client, 'connectionSuccess');
await client.subscribe({
  subscriptions: ['notify-next', 'start-next/accepted', 'start-next/rejected', '+/update/accepted', '+/update/rejected']
    .map(name => ({ topicFilter: `${topic}/${name}`, qos: atLeastOnce })),
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => { client.once('stopped', () => process.exit(0)); client.stop(); });
}
await work();
