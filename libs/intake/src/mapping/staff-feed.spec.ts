import { draftsOf, misfits, quarantinedOf, readFeed } from '../../../../test/support/read-feed.js';
import { DocumentRefused } from '../feed.js';
import { staffFeed } from './staff-feed.js';

const feed = staffFeed('school-staff', 'School staff');
const context = { organisationKind: 'EDUCATION' };

const worker = (more: Record<string, unknown> = {}) => ({
  workerId: 'W-1',
  sequence: 1,
  login: 'dsl',
  name: 'Dana Lead',
  service: 'dsl',
  role: 'dsl',
  from: '2025-09-01',
  ...more,
});
const relation = (more: Record<string, unknown> = {}) => ({
  relationId: 'REL-1',
  sequence: 1,
  relation: 'on-roll',
  service: 'dsl',
  child: { system: 'EDUCATION-SYSTEM-01', localId: '9990000018' },
  from: '2025-09-01',
  to: '2026-08-01T12:00:00+01:00',
  ...more,
});
const document = (more: Record<string, unknown> = {}) => ({ organisation: 'ORG-01', ...more });
const read = (more: Record<string, unknown>) => readFeed(feed, document(more), context);

describe('the staff and relations feed', () => {
  it('makes a post of a member of staff', async () => {
    const drafts = draftsOf(await read({ staff: [worker()] }));
    expect(drafts).toEqual([
      {
        subject: { kind: 'staff', system: 'staff', localId: 'W-1' },
        type: 'staff-post',
        recordType: 'staff',
        recordKey: 'staff/W-1/post',
        ancestors: ['staff/W-1'],
        rank: { by: 'sequence', value: '1' },
        about: 'child',
        // Summer time: the day starts an hour before midnight UTC.
        occurred: { from: '2025-08-31T23:00:00.000Z', precision: 'exact' },
        body: {
          login: 'dsl',
          name: 'Dana Lead',
          organisationKind: 'EDUCATION',
          service: 'dsl',
          role: 'dsl',
          team: null,
          from: '2025-08-31T23:00:00.000Z',
          until: null,
        },
      },
    ]);
    expect(misfits(drafts)).toEqual([]);
  });

  it('makes a relation, with the worker to be looked up', async () => {
    const drafts = draftsOf(await read({ relations: [relation({ relation: 'allocated', workerId: 'W-1' })] }));
    expect(drafts).toMatchObject([
      {
        subject: { kind: 'child', system: 'EDUCATION-SYSTEM-01', localId: '9990000018' },
        type: 'relation',
        recordKey: 'relation/REL-1',
        ended: '2026-08-01T11:00:00.000Z',
        body: { identifiers: [], relation: 'allocated', until: '2026-08-01T11:00:00.000Z' },
        resolve: { field: 'staffKey', reference: { kind: 'staff', system: 'staff', localId: 'W-1' } },
      },
    ]);
    expect(misfits(drafts)).toEqual([]);
    expect(draftsOf(await read({ relations: [relation()] }))[0]).not.toHaveProperty('resolve');
  });

  it('says of a school or practice that is not the sender where the child is', async () => {
    const bodies = async (more: Record<string, unknown>) =>
      draftsOf(await read({ relations: [relation(more)] })).map(({ body }) => body['organisation']);
    expect(await bodies({ organisation: 'SCHOOL-07' })).toEqual(['SCHOOL-07']);
    expect(await bodies({ organisation: 'PRACTICE-07', relation: 'registered' })).toEqual(['PRACTICE-07']);
    // The sender is what it says anything of without this.
    expect(await bodies({ organisation: 'ORG-01' })).toEqual([undefined]);
    expect(await bodies({ organisation: null })).toEqual([undefined]);
  });

  it.each([
    [{ nhsNumber: '999 000 0018' }, 'nhs-number', '9990000018', 'asserted'],
    [{ nhsNumber: '9990000019' }, 'nhs-number', '9990000019', 'wrong-check-digit'],
    [{ upn: 'y380260012345' }, 'upn', 'Y380260012345', 'asserted'],
  ])('never verifies an identifier: %j', async (child, kind, value, status) => {
    const [draft] = draftsOf(
      await readFeed(feed, document({ relations: [relation({ child })] }), {
        ...context,
        authoritativeFor: ['nhs-number', 'upn'],
      }),
    );
    expect(draft?.subject).toEqual({ kind: 'child', system: kind, localId: value });
    expect(draft?.body['identifiers']).toEqual([{ kind, value, status }]);
  });

  it('ranks by the item, else by the extract, and by nothing else', async () => {
    const unranked = { sequence: undefined };
    const extractedAt = '2025-11-28T09:00:00+00:00';
    const ranks = draftsOf(await read({ extractedAt, staff: [worker(unranked), worker()] })).map(({ rank }) => rank);
    expect(ranks).toEqual([
      { by: 'extract', value: '2025-11-28T09:00:00.000Z' },
      { by: 'sequence', value: '1' },
    ]);
    expect(quarantinedOf(await read({ staff: [worker(unranked)] }))).toEqual(['staff[0].sequence: missing']);
    expect(quarantinedOf(await read({ extractedAt: '2025-11-28', staff: [worker(unranked)] }))).toEqual([
      'extractedAt: not-an-instant',
    ]);
  });

  it.each([
    ['relations[0].workerId: missing', relation({ relation: 'allocated' })],
    ['relations[0].workerId: missing', relation({ workerId: ' ' })],
    ['relations[0].team: missing', relation({ team: '' })],
    ['relations[0].role: missing', relation({ role: '' })],
    ['relations[0].team: missing', relation({ relation: 'team' })],
    ['relations[0].relation: not-allowed', relation({ relation: 'neighbour' })],
    ['relations[0].organisation: not-allowed', relation({ relation: 'duty', organisation: 'SCHOOL-07' })],
    ['relations[0].organisation: missing', relation({ organisation: ' ' })],
    ['relations[0].from: missing', relation({ from: null })],
    ['relations[0].from: not-an-instant', relation({ from: '2025-02-30' })],
    ['relations[0].to: not-an-instant', relation({ to: '2025-02-03T00:00:00' })],
    ['relations[0].to: ends-before-it-starts', relation({ to: '2025-01-01' })],
    ['relations[0].colour: unknown-field', relation({ colour: 1 })],
    ['relations[0].sequence: not-allowed', relation({ sequence: 'first' })],
    ['relations[0].removed: not-true-or-false', relation({ removed: 'yes' })],
  ])('suspends what it names where %s', async (problem, bad) => {
    const items = await read({ relations: [bad, relation({ relationId: 'REL-2' })] });
    expect(quarantinedOf(items)).toEqual([problem]);
    expect(items[0]).toMatchObject({
      suspends: {
        subject: { kind: 'child', system: 'EDUCATION-SYSTEM-01', localId: '9990000018' },
        recordKey: 'relation/REL-1',
      },
    });
    expect(draftsOf(items)).toHaveLength(1);
  });

  it('suspends the post of a worker that cannot be read', async () => {
    const [item] = await read({ staff: [worker({ to: 'soon' })] });
    expect(item).toMatchObject({
      field: 'staff[0].to',
      suspends: { subject: { kind: 'staff', localId: 'W-1' }, recordKey: 'staff/W-1/post' },
    });
  });

  it.each([
    [undefined, 'relations[0].child: missing'],
    [{}, 'relations[0].child: not-allowed'],
    [{ system: 'S' }, 'relations[0].child: not-allowed'],
    [{ system: 'S', localId: '1', upn: 'Y380260012345' }, 'relations[0].child: not-allowed'],
    [{ name: 'Kai' }, 'relations[0].child.name: unknown-field'],
    ['9990000018', 'relations[0].child: not-an-object'],
  ])('suspends the relation wherever it is where no child is named: %j', async (child, problem) => {
    const items = await read({ relations: [relation({ child })] });
    expect(quarantinedOf(items)).toEqual([problem]);
    expect(items[0]).toMatchObject({ suspends: { recordKey: 'relation/REL-1' } });
    expect(items[0]).not.toHaveProperty('suspends.subject');
    expect(items[0]).not.toHaveProperty('place');
  });

  it('says with which child a relation is from its rank on, also where the rest of it cannot be read', async () => {
    const place = {
      recordKey: 'relation/REL-1',
      recordType: 'relation',
      rank: { by: 'sequence', value: '7' },
      subject: { kind: 'child', system: 'EDUCATION-SYSTEM-01', localId: '9990000018' },
    };
    const placeOf = async (changes: object) => (await read({ relations: [relation({ sequence: 7, ...changes })] }))[0];
    expect(await placeOf({})).toMatchObject({ ok: true, place });
    expect(await placeOf({ from: 'soon' })).toMatchObject({ ok: false, place });
    expect(await placeOf({ sequence: 'first' })).not.toHaveProperty('place');
    expect(await placeOf({ removed: true })).toMatchObject({ ok: true, place });
    expect(await placeOf({ removed: true, child: null })).toMatchObject({
      ok: true,
      contributions: [],
      place: { ...place, subject: null },
      ifWithNobody: { field: 'relations[0].child', reason: 'missing' },
    });
  });

  it('takes away a post or a relation by its names alone', async () => {
    const items = await read({
      staff: [{ workerId: 'W-1', sequence: 2, removed: true }],
      relations: [{ relationId: 'REL-1', sequence: '2', child: { upn: 'Y380260012345' }, removed: true, from: 'x' }],
    });
    expect(draftsOf(items)).toMatchObject([
      { type: 'entry-retracted', subject: { kind: 'staff' }, recordKey: 'staff/W-1/post', rank: { value: '2' } },
      { type: 'entry-retracted', subject: { system: 'upn' }, recordKey: 'relation/REL-1', rank: { value: '2' } },
    ]);
    expect(misfits(draftsOf(items))).toEqual([]);
  });

  it('keeps everything back of an organisation that is not registered', async () => {
    for (const organisation of ['ORG-02', null, 7]) {
      const items = await readFeed(feed, { organisation, staff: [worker()], relations: [relation()] }, context);
      expect(draftsOf(items)).toEqual([]);
      expect(items).toHaveLength(2);
      expect(items.every((item) => !item.ok && item.field === 'organisation' && !item.suspends)).toBe(true);
    }
  });

  it('refuses a document of another shape', async () => {
    await expect(readFeed(feed, [])).rejects.toBeInstanceOf(DocumentRefused);
    await expect(readFeed(feed, document())).rejects.toEqual(new DocumentRefused('staff', 'missing'));
    await expect(read({ staff: {} })).rejects.toEqual(new DocumentRefused('staff', 'not-a-list'));
    expect(quarantinedOf(await read({ staff: [], 'Kai Reed': 1 }))).toEqual(['?: unknown-field']);
  });

  it('takes a post or a relation by itself as the document that holds it alone, and no document for an item', () => {
    const of = (item: Record<string, unknown>) =>
      feed.documentOf?.(item, { ...context, codes: ['ORG-01'] } as unknown as Parameters<typeof feed.read>[1]);
    expect(of(worker())).toEqual(document({ staff: [worker()] }));
    expect(of(relation())).toEqual(document({ relations: [relation()] }));
    expect(of(document({ staff: [worker()] }))).toBeUndefined();
    expect(of({ organisation: 'ORG-02' })).toBeUndefined();
  });
});
