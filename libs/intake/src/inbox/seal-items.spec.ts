import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { rankKey } from '#contracts';
import { generateKeyPair, readFinal, type KeyService } from '#platform';
import { currentRecords, type FiledContribution } from '#timeline';
import type { ContributionDraft, FeedItem, RecordPlace, Reference } from '../feed.js';
import type { KnownPlace, ReferenceTable } from './reference-table.js';
import { ItemSealer, MAX_CONTRIBUTION_BYTES } from './seal-items.js';

const { publicKey } = await generateKeyPair();
const keyService = {
  publicKeyOf: (recipient: string) => Promise.resolve({ recipient, kid: 'k', publicKey }),
} as unknown as KeyService;

/** Gives every reference the first key of its kind; knows of no place but those given. */
const referencesWith = (places: readonly KnownPlace[]) =>
  ({ ...keysOfReferences, place: async () => () => places }) as unknown as ReferenceTable;
const keysOfReferences = {
  ensure: async () => (reference: Reference) => ({
    key: Buffer.from(`${reference.kind} ${reference.localId}`.padEnd(16).slice(0, 16)).toString('hex'),
    secret: new Uint8Array(32),
  }),
};

const sealer = (places: readonly KnownPlace[] = []) => sealerOver(referencesWith(places));
const sealerOver = (references: ReferenceTable) =>
  new ItemSealer(
    {
      submissionId: randomUUID(),
      sender: 'connector-1',
      organisation: 'E1',
      service: 'school',
      feed: 'feed-1',
      receivedAt: '2026-03-02T09:00:00.000Z',
    },
    references,
    keyService,
  );

const draft = (changes: Partial<ContributionDraft> = {}): ContributionDraft => ({
  subject: { kind: 'child', system: 'feed-1', localId: 'P-1' },
  type: 'missing-episode',
  recordType: 'missing-episodes',
  recordKey: 'R-1',
  ancestors: [],
  rank: { by: 'version', value: '1' },
  about: 'child',
  occurred: { precision: 'unknown' },
  body: { identifiers: [] },
  ...changes,
});
const good = (...contributions: ContributionDraft[]): FeedItem => ({ ok: true, path: 'records[0]', contributions });
const bad = (raw: unknown): FeedItem => ({ ok: false, field: 'records[0]', reason: 'not-text', raw });
const typesOf = async (...drafts: ContributionDraft[]) =>
  (await sealer().seal([good(...drafts)])).items.map(({ bytes }) => readFinal(bytes).form.envelope.type);

describe('sealing the items of a submission', () => {
  it.each([
    ['euro signs', '€'.repeat(300_000)],
    ['quotes', '"'.repeat(300_000)],
    ['controls', '\u0001'.repeat(300_000)],
    ['emoji', `x${'😀'.repeat(300_000)}`],
    ['emoji after one byte more', `xx${'😀'.repeat(300_000)}`],
    ['half a pair', '\ud83d'.repeat(300_000)],
    ['nothing', undefined],
  ])('keeps a bad item of %s, cut to what a contribution holds', async (_, raw) => {
    const [item] = (await sealer().seal([bad(raw)])).items;
    expect(item).toMatchObject({ subjectKind: 'quarantine', reason: 'not-text' });
    expect(item!.bytes.byteLength).toBeLessThan(MAX_CONTRIBUTION_BYTES);
    const ct = Object.values(readFinal(item!.bytes).form.parts).map((part) => part.ct.length);
    expect(Math.max(...ct)).toBeLessThanOrEqual(((256 * 1024 + 64) * 4) / 3);
    if (raw !== undefined) expect(Math.max(...ct)).toBeGreaterThan((255 * 1024 * 4) / 3);
  });

  it('suspends the record of a contribution that may narrow and does not fit', async () => {
    const unfit = { body: { colour: 1 } };
    const suspended = ['quarantine-opened', 'disclosure-suspended'];
    expect(await typesOf(draft(unfit))).toEqual(['quarantine-opened']);
    expect(await typesOf(draft({ ...unfit, tier: 'sealed' }))).toEqual(suspended);
    expect(await typesOf(draft({ ...unfit, facts: ['address-protected'] }))).toEqual(suspended);
    expect(await typesOf(draft({ ...unfit, type: 'relation' }))).toEqual(suspended);
    const { items } = await sealer().seal([good(draft({ ...unfit, tier: 'sealed' }), draft())]);
    const [, suspension, sent] = items.map(({ bytes }) => readFinal(bytes).form.envelope);
    expect(suspension!.subject).toEqual(sent!.subject);
    expect(suspension!.record.ancestors).toEqual([sent!.record.key]);
  });

  it('suspends the record of one that is too large', async () => {
    const body = { agreement: 'a', version: '1', shape: 'agreement/1', document: 'x'.repeat(800_000) };
    const { items } = await sealer().seal([good(draft({ type: 'agreement-document', body }))]);
    expect(items.map(({ reason }) => reason)).toEqual(['too-large', null]);
    expect(readFinal(items[1]!.bytes).form.envelope.type).toBe('disclosure-suspended');
  });

  it('does not seal a contribution twice: the second has the bytes of the first and no keys', async () => {
    const { items } = await sealer().seal([good(draft()), good(draft()), good(draft({ recordKey: 'R-2' }))]);
    const [first, second, third] = items;
    expect(items.map(({ itemNo }) => itemNo)).toEqual([1, 2, 3]);
    expect(second).toEqual({ ...first, itemNo: 2, dataKeys: [] });
    expect(third!.contributionId).not.toBe(first!.contributionId);
    expect(third!.dataKeys.length).toBeGreaterThan(0);
  });
});

describe('a record that is with one subject at a time', () => {
  const secret = new Uint8Array(32);
  const key = (letter: string) => letter.repeat(32);
  const rankOf = (value: string) => ({ by: 'version' as const, value, key: rankKey('version', value) });
  const at = (letter: string | null, value: string): KnownPlace => ({
    subject: letter === null ? null : { key: key(letter), secret },
    rank: rankOf(value),
  });
  const own = { kind: 'child', system: 'feed-1', localId: 'P-1' } as const;
  const ownKey = Buffer.from('child P-1'.padEnd(16)).toString('hex');
  const place = (value: string, subject: Reference | null = own): RecordPlace => ({
    recordKey: 'R-1',
    recordType: 'missing-episodes',
    rank: { by: 'version', value },
    subject,
  });
  const retractionsOf = async (places: readonly KnownPlace[], item: FeedItem) =>
    (await sealer(places).seal([item])).items
      .map(({ bytes }) => readFinal(bytes).form.envelope)
      .filter(({ type }) => type === 'entry-retracted')
      .map(({ subject, rank }) => [subject.key, rank.value]);
  const version = (value: string): FeedItem => ({
    ok: true,
    path: 'records[0]',
    contributions: [draft({ rank: { by: 'version', value } })],
    place: place(value),
  });

  it.each<[string, KnownPlace[], [string, string][]]>([
    ['with nobody else', [], []],
    ['with another before', [at('a', '1')], [[key('a'), '1']]],
    ['with two others before', [at('a', '1'), at('b', '0')], [[key('a'), '1'], [key('b'), '0']]], // prettier-ignore
    ['with another at an equal rank', [at('a', '2')], []],
    ['with another afterwards', [at('a', '10')], [[ownKey, '2']]],
    ['with several afterwards', [at('a', '10'), at('b', '11'), at('c', '3')], [[ownKey, '2']]],
    ['with one before and one afterwards', [at('a', '1'), at('b', '3')], [[key('a'), '1'], [ownKey, '2']]], // prettier-ignore
    ['with its own again afterwards', [at('a', '3'), { subject: { key: ownKey, secret }, rank: rankOf('3') }], []],
    ['withdrawn before', [at(null, '1')], []],
    ['withdrawn at that rank', [at(null, '2')], [[ownKey, '2']]],
    ['with another, ranked in another way', [at('a', '2025-01-01T00:00:00Z')], []],
  ])('version 2 of it, %s', async (_, places, expected) => {
    expect(await retractionsOf([at(null, '0'), { subject: { key: ownKey, secret }, rank: rankOf('2') }, ...places], version('2'))).toEqual(expected); // prettier-ignore
  });

  it('is with whoever its highest rank names, in whatever order its versions come and however often', async () => {
    const subjects = ['P-1', 'P-2', 'P-3'].map((localId) => ({ ...own, localId }));
    const said = fc.record({ subject: fc.constantFrom(...subjects), version: fc.integer({ min: 1, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 8 }), async (versions) => {
        const places: KnownPlace[] = [];
        const noting = {
          ...keysOfReferences,
          place: async (_attempt: string, _of: string, _names: unknown, noted: { key: string | null; rank: RecordPlace['rank'] }[]) => {
            for (const { key: subjectKey, rank } of noted) {
              places.push({ subject: subjectKey === null ? null : { key: subjectKey, secret }, rank: rankOf(rank.value) });
            }
            const highest = Map.groupBy(places, ({ subject }) => subject?.key ?? '');
            return () => [...highest.values()].map((of) => of.reduce((most, one) => (one.rank.key > most.rank.key ? one : most)));
          },
        } as unknown as ReferenceTable; // prettier-ignore
        const filed: FiledContribution[] = [];
        for (const { subject, version: value } of versions) {
          const item: FeedItem = {
            ok: true,
            path: 'records[0]',
            contributions: [draft({ subject, rank: { by: 'version', value: String(value) } })],
            place: place(String(value), subject),
          };
          for (const { bytes } of (await sealerOver(noting).seal([item])).items) {
            filed.push({ position: filed.length + 1, envelope: readFinal(bytes).form.envelope, unreadable: [] });
          }
        }
        const top = Math.max(...versions.map(({ version: value }) => value));
        const standing = currentRecords(filed).map(({ contribution: { envelope } }) => [envelope.subject.key, envelope.rank.value]); // prettier-ignore
        const named = new Set(
          versions.filter(({ version: value }) => value === top).map(({ subject }) => subject.localId),
        );
        expect(standing.sort()).toEqual(
          [...named].map((localId) => [Buffer.from(`child ${localId}`.padEnd(16)).toString('hex'), String(top)]).sort(),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('is taken from all where it is withdrawn and no subject named, and kept in quarantine where it is with nobody', async () => {
    const withdrawal: FeedItem = {
      ok: true,
      path: 'records[0]',
      contributions: [],
      place: place('2', null),
      ifWithNobody: { field: 'records[0].child', reason: 'missing', raw: null },
    };
    expect(await retractionsOf([at('a', '1'), at('b', '5')], withdrawal)).toEqual([
      [key('a'), '2'],
      [key('b'), '2'],
    ]);
    expect((await sealer([at(null, '2')]).seal([withdrawal])).items).toMatchObject([
      { field: 'records[0].child', reason: 'missing', subjectKind: 'quarantine' },
    ]);
  });

  it('is suspended on all that it was with where an item about it cannot be read', async () => {
    const suspends = async (subject?: Reference) => {
      const item: FeedItem = { ok: false, field: 'f', reason: 'missing', raw: null, suspends: { recordKey: 'R-1', ...(subject ? { subject } : {}) } }; // prettier-ignore
      const { items } = await sealer([at('a', '1'), at(null, '2'), at('a', '3')]).seal([item]);
      return items
        .map(({ bytes }) => readFinal(bytes).form.envelope)
        .filter(({ type }) => type === 'disclosure-suspended')
        .map(({ subject }) => subject.key);
    };
    expect(await suspends()).toEqual([key('a')]);
    expect(await suspends(own)).toEqual([ownKey, key('a')]);
  });
});
