import { CONTRIBUTIONS_TOPIC } from '#intake';
import { SETTINGS } from '#platform';
import type { JsonSchema } from './class-schema.js';
import { finalFormSchema } from './final-form-schema.js';

const HOUR_MS = 3_600_000;
const ref = (path: string): JsonSchema => ({ $ref: `#/${path}` });

const SECURITY_SCHEMES = {
  plain: { type: 'plain', description: 'BUS_SASL=plain; in production over TLS.' },
  scramSha256: { type: 'scramSha256', description: 'BUS_SASL=scram-sha-256; in production over TLS.' },
  scramSha512: { type: 'scramSha512', description: 'BUS_SASL=scram-sha-512; in production over TLS.' },
};
const security = Object.keys(SECURITY_SCHEMES).map((name) => ref(`components/securitySchemes/${name}`));

const contribution = {
  name: 'contribution',
  title: 'A contribution in final bytes',
  summary: 'One record says one thing about one subject.',
  description:
    'A message may come more than once and in any order: its contribution id stays the same, and it is filed once. ' +
    'What is no contribution is kept on a stream of its own, and the rest goes on.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    additionalProperties: false,
    required: ['format', 'version', 'trace'],
    properties: {
      format: { const: 'sightline-final', description: 'What the value is.' },
      version: { const: '1', description: 'Version of that format.' },
      trace: {
        type: 'string',
        pattern: '^([0-9a-f]{32})?$',
        description: 'Trace id (W3C Trace Context) of the request with which it came.',
      },
    },
  },
  payload: ref('components/schemas/FinalForm'),
  bindings: {
    kafka: {
      key: {
        type: 'string',
        pattern: '^[0-9a-f]{32}$',
        description: 'Key of the subject: what concerns one subject stays in one partition.',
      },
      bindingVersion: '0.5.0',
    },
  },
};

/** The AsyncAPI 3.0 document of the bus: its one topic, who writes it and who reads it. */
export const asyncApi = (version: string): JsonSchema => {
  const channel = ref(`channels/${CONTRIBUTIONS_TOPIC}`);
  const messages = [ref(`channels/${CONTRIBUTIONS_TOPIC}/messages/contribution`)];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Sightline: the bus',
      version,
      description:
        'How contributions go from the adapters of the agencies to the timeline. It is a pipe between processes of the ' +
        'hub and no record: no agency reads or writes it, and nothing rests on how long it keeps a message.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      plain: {
        host: '127.0.0.1:9092',
        protocol: 'kafka',
        description: 'BUS_URL of a broker on this machine, for development.',
      },
      secure: {
        host: '{broker}',
        protocol: 'kafka-secure',
        description: 'BUS_URL with BUS_TLS=on, BUS_CA_FILE and BUS_SASL.',
        variables: { broker: { description: 'A broker as host:port.', default: 'kafka:9092' } },
        security,
      },
    },
    channels: {
      [CONTRIBUTIONS_TOPIC]: {
        address: CONTRIBUTIONS_TOPIC,
        title: 'Contributions',
        description: 'Made by "npm run topics", never by its use. Accepted contributions in final bytes.',
        servers: [ref('servers/plain'), ref('servers/secure')],
        messages: { contribution: ref('components/messages/contribution') },
        bindings: {
          kafka: {
            topic: CONTRIBUTIONS_TOPIC,
            partitions: Number(SETTINGS.BUS_PARTITIONS.default),
            replicas: Number(SETTINGS.BUS_REPLICATION.default),
            topicConfiguration: { 'retention.ms': Number(SETTINGS.BUS_RETENTION_HOURS.default) * HOUR_MS },
            bindingVersion: '0.5.0',
          },
        },
      },
    },
    operations: {
      publishContributions: {
        action: 'send',
        channel,
        title: 'Publish what was accepted',
        description: 'The relays of the adapters, and that of sharing for what people decide.',
        messages,
      },
      fileContributions: {
        action: 'receive',
        channel,
        title: 'File on the timelines',
        description: 'The processes of the timeline, as one group. An offset is committed after the durable append.',
        messages,
        bindings: {
          kafka: { groupId: { type: 'string', const: `timeline.${CONTRIBUTIONS_TOPIC}` }, bindingVersion: '0.5.0' },
        },
      },
    },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      messages: { contribution },
      schemas: { FinalForm: finalFormSchema as JsonSchema },
    },
  };
};
