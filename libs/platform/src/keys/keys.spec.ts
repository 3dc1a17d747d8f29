import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith, sealTo } from '../sealing/hpke.js';
import { createDevelopmentKeys } from './development-keys.js';
import { openFileKeyService } from './file-key-service.js';

const ORGANISATIONS = [
  { organisation: 'POL1', adapter: 'police-adapter' },
  { organisation: 'SCH1', adapter: 'education-adapter' },
  { organisation: 'SCH2', adapter: 'education-adapter' },
];

const filesOf = async (dir: string): Promise<Map<string, string>> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
};

describe('development keys', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('change nothing when made again, also twice at once, and take in a new organisation', async () => {
    await Promise.all([createDevelopmentKeys(dir, ORGANISATIONS), createDevelopmentKeys(dir, ORGANISATIONS)]);
    const before = await filesOf(dir);
    await createDevelopmentKeys(dir, [...ORGANISATIONS, { organisation: 'HOU1', adapter: 'housing-adapter' }]);
    const after = await filesOf(dir);
    for (const [path, text] of before) expect([path, after.get(path)]).toEqual([path, text]);
    expect(after.size).toBeGreaterThan(before.size);
    for (const holder of ['sharing', 'audit', 'adapter-police', 'adapter-education', 'adapter-housing']) {
      const keys = openFileKeyService(join(dir, holder));
      for (const recipient of ['hub', 'org:POL1', 'org:SCH2', 'org:HOU1']) {
        const half = await keys.publicKeyOf(recipient);
        const { enc, ct } = await sealTo(half.publicKey, new Uint8Array([1, 2, 3]), new Uint8Array());
        const privateKey = await openFileKeyService(join(dir, 'sharing')).privateKeyOf(recipient, half.kid);
        expect(await openWith(privateKey, enc, ct, new Uint8Array())).toEqual(new Uint8Array([1, 2, 3]));
      }
    }
  });

  it('are readable by their owner alone, with nothing left over', async () => {
    await createDevelopmentKeys(dir, ORGANISATIONS);
    for (const path of (await filesOf(dir)).keys()) {
      expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o600]);
      expect(path).toMatch(/\.json$/);
      expect(path).not.toMatch(/\/\./);
    }
  });

  it('give an adapter nothing that opens anything', async () => {
    await createDevelopmentKeys(dir, ORGANISATIONS);
    const files = await filesOf(join(dir, 'adapter-education'));
    const texts = [...files.values()];
    for (const text of texts) expect(Object.keys(JSON.parse(text) as object)).not.toContain('d');
    const secrets = [...files.keys()]
      .filter((path) => path.includes('/secrets/'))
      .map((path) => path.split('/').at(-1));
    expect(secrets.sort()).toEqual(['index%3ASCH1.json', 'index%3ASCH2.json']);
    // Not under another name either: no private half and no other secret stands anywhere in the folder.
    const forbidden = [...(await filesOf(join(dir, 'sharing'))).entries()]
      .filter(([path]) => /\/(private|secrets)\//.test(path) && !/index%3ASCH/.test(path))
      .map(([, text]) => JSON.parse(text) as { d?: string; k?: string })
      .map(({ d, k }) => d ?? k ?? '');
    expect(forbidden.length).toBeGreaterThanOrEqual(7);
    for (const secret of forbidden) expect(texts.join()).not.toContain(secret);

    const keys = openFileKeyService(join(dir, 'adapter-education'));
    const { kid } = await keys.publicKeyOf('org:SCH1');
    const notHeld = { name: 'KeyServiceError', type: 'not-held' };
    await expect(keys.privateKeyOf('org:SCH1', kid)).rejects.toMatchObject(notHeld);
    await expect(keys.secret('blind')).rejects.toMatchObject(notHeld);
    await expect(keys.secret('token')).rejects.toMatchObject(notHeld);
    await expect(keys.secret('index:POL1')).rejects.toMatchObject(notHeld);
    await expect(keys.secret('../../sharing/secrets/blind')).rejects.toMatchObject(notHeld);
    expect((await keys.secret('index:SCH1')).length).toBe(32);
  });

  it('name the key that was meant, and say so when a file is broken', async () => {
    await createDevelopmentKeys(dir, ORGANISATIONS);
    const keys = openFileKeyService(join(dir, 'sharing'));
    await expect(keys.privateKeyOf('hub', 'another')).rejects.toMatchObject({ type: 'not-held' });
    await writeFile(join(dir, 'sharing/secrets/token.json'), '{"kty":"oct","k":"AAAA"}');
    await expect(keys.secret('token')).rejects.toMatchObject({ type: 'unreadable' });
    await writeFile(join(dir, 'audit/secrets/blind.json'), 'torn');
    await expect(openFileKeyService(join(dir, 'audit')).secret('blind')).rejects.toMatchObject({ type: 'unreadable' });
  });
});
