import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '#contracts';
import { parseAgreement } from '#sharing';
import { runAgreement } from '../../apps/sharing/src/agreement/run-agreement.js';

const FOLDER = 'deploy/agreements';

const hyphenated = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** Fields of each type as an agreement names them. */
const EVENT_TYPES = new Map(
  [...catalogue.values()].map(({ type, fields }) => [
    type,
    Object.entries(fields as Record<string, { part: string }>).map(([name, { part }]) => `${part}.${hyphenated(name)}`),
  ]),
);

describe('the agreements that are shipped', () => {
  it('may all be adopted', async () => {
    const paths = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).map((name) => join(FOLDER, name));
    expect(paths.length).toBeGreaterThan(0);
    const complaints: string[] = [];
    const code = await runAgreement(['test', ...paths], {
      print: () => undefined,
      complain: (line) => complaints.push(line),
      interactive: false,
    });
    expect([code, complaints]).toEqual([0, []]);
  });

  it('name only organisations of the registry beside them, record types that the hub knows, and fields that those have', async () => {
    const { organisations } = JSON.parse(await readFile('deploy/registry/development.json', 'utf8')) as {
      organisations: { id: string; kind: string; desk: string }[];
    };
    for (const name of await readdir(FOLDER)) {
      const document = JSON.parse(await readFile(join(FOLDER, name), 'utf8'));
      expect(parseAgreement(document)).toHaveProperty('agreement');
      for (const { orgs, kind, desk } of Object.values(document.parties) as {
        orgs: string[];
        kind: string;
        desk: string;
      }[])
        for (const id of orgs) expect(organisations).toContainEqual(expect.objectContaining({ id, kind, desk }));
      for (const permit of document.permits) {
        const types = permit.records.types.map((type: string) => [type, EVENT_TYPES.get(type)]);
        for (const [type, fields] of types) expect([type, fields !== undefined]).toEqual([type, true]);
        const known = types.flatMap(([, fields]: [string, string[]]) => fields);
        for (const part of ['content', 'location'] as const)
          for (const field of permit.show[part] ?? [])
            expect([permit.id, known]).toEqual([permit.id, expect.arrayContaining([`${part}.${field}`])]);
      }
    }
  });
});
