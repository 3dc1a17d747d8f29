import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import specs from '@asyncapi/specs';
import { catalogue } from '#contracts';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub } from '../support/hub/start-test-hub.js';

type Json = Record<string, any>;

const read = (path: string): Json => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Json;
const document = read('../../libs/contracts/generated/asyncapi.json');
const recorded = read('../replay/final-bytes-v1.json');
const finalBytes = (): Json => JSON.parse(Buffer.from(recorded['bytes'] as string, 'base64').toString('utf8')) as Json;

const options = {
  strict: false,
  allErrors: true,
  logger: false,
  formats: {
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
} as const;
// The schema brings its own copy of JSON Schema.
const isAsyncApi = new Ajv({ ...options, meta: false }).compile(specs.schemas['3.0.0'] as object);
const ajv = new Ajv(options);
ajv.addSchema(document, 'asyncapi.json');
const fits = (pointer: string, value: unknown): boolean => ajv.validate({ $ref: `asyncapi.json#/${pointer}` }, value);
const isPayload = (value: unknown): boolean => fits('components/schemas/FinalForm', value);

/** Every `$ref` of the document. */
const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
};

describe('the AsyncAPI document of the bus', () => {
  it('is one', () => {
    isAsyncApi(document);
    expect(isAsyncApi.errors).toBeNull();
  });

  it.each<[string, (broken: Json) => void]>([
    [
      'an operation that neither sends nor receives',
      (broken) => (broken['operations'].fileContributions.action = 'look'),
    ],
    ['a server without a protocol', (broken) => delete broken['servers'].secure.protocol],
    ['a security scheme of no kind', (broken) => (broken['components'].securitySchemes.plain.type = 'trust')],
  ])('would not be with %s', (_what, breakIt) => {
    const broken = structuredClone(document);
    breakIt(broken);
    expect(isAsyncApi(broken)).toBe(false);
  });

  it('refers to what is there', () => {
    for (const reference of references(document)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<any>((at, name) => at?.[name], document);
      expect([reference, found]).toEqual([reference, expect.anything()]);
    }
  });

  it('describes the recorded final bytes', () => {
    isPayload(finalBytes());
    expect(ajv.errors).toBeNull();
    const { key } = finalBytes()['envelope'].subject as { key: string };
    expect(fits('components/messages/contribution/bindings/kafka/key', key)).toBe(true);
  });

  it('describes everything that the demonstration puts on the bus', async () => {
    const hub = await startTestHub({ firstTime: LOADING_TIME });
    try {
      const folder = fileURLToPath(new URL('../../apps/hub/demo', import.meta.url));
      const files = await findFiles(folder, hub.hub.registry);
      await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
      const { rows } = await hub.sql.query<{ type: string; bytes: Buffer }>(
        `select distinct on (f.envelope->>'type', f.envelope->>'sender', f.envelope->'rank'->>'by')
                f.envelope->>'type' as type, i.bytes
           from inbox.item i, lateral (select convert_from(i.bytes, 'UTF8')::jsonb->'envelope' as envelope) f
          where i.bytes is not null`,
      );
      expect(rows.length).toBeGreaterThan(10);
      for (const { type, bytes } of rows) {
        isPayload(JSON.parse(bytes.toString('utf8')));
        expect([type, ajv.errors]).toEqual([type, null]);
      }
    } finally {
      await hub.close();
    }
  });

  it.each<[string, (form: Json) => void]>([
    ['another version', (form) => (form['v'] = 2)],
    ['a field in the clear that is none', (form) => (form['envelope'].name = 'x')],
    ['a subject key that is an identifier', (form) => (form['envelope'].subject.key = '9990000018')],
    ['a type that the catalogue lacks', (form) => (form['envelope'].type = 'rumour')],
    ['a plain part', (form) => (form['parts'].content = { text: 'x' })],
    ['a part that is none', (form) => (form['parts'].notes = Object.values(form['parts'] as object)[0])],
    ['no rank', (form) => delete form['envelope'].rank],
  ])('does not describe final bytes with %s', (_what, change) => {
    const form = finalBytes();
    change(form);
    expect(isPayload(form)).toBe(false);
  });

  it('describes the headers, and no others', () => {
    const headers = { format: 'sightline-final', version: '1', trace: '0af7651916cd43dd8448eb211c80319c' };
    const isHeaders = (value: unknown): boolean => fits('components/messages/contribution/headers', value);
    expect(isHeaders(headers)).toBe(true);
    expect(isHeaders({ ...headers, child: 'x' })).toBe(false);
    expect(isHeaders({ ...headers, version: '2' })).toBe(false);
    expect(isHeaders({ ...headers, trace: '9990000018' })).toBe(false);
  });

  it('knows every type of the catalogue', () => {
    const { enum: types } = document['components'].schemas.FinalForm.properties.envelope.properties.type as {
      enum: string[];
    };
    expect(types).toEqual([...catalogue.keys()].sort());
  });
});
