import { getEventType, rankKey, type Envelope } from '#contracts';
import {
  DECISION_CODE_VERSION,
  digestBytes,
  pageOf,
  readChild,
  shownLines,
  sortKey,
  type PageRequest,
  type ReadRecord,
  type ReadScope,
  type SealedList,
} from '#chronology';
import type { FiledContribution } from '#timeline';
import { sharedIdentifiers, withLostIdentity } from './lost-identity.js';
import { replayRead, sha256Hex } from './replay-read.js';

const AT = '2026-02-01T12:00:00.000Z';
const BORN = '2015-06-12';
const [CLINIC, COUNCIL] = ['HEALTH-01', 'COUNCIL-01'];
const [OURS, THEIRS, STAFF, AGREEMENT] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
  string,
];
const NUMBER = { kind: 'nhs-number', value: '9990000018', status: 'traced' };

let position = 0;
const filed = (
  type: string,
  organisation: string,
  name: string,
  terms: object | undefined,
  change: Partial<Envelope> = {},
): FiledContribution => {
  const kind = change.subject?.kind ?? 'child';
  const key = organisation === CLINIC ? OURS : THEIRS;
  return {
    position: (position += 1),
    envelope: {
      v: 1,
      contributionId: name,
      subject: { kind, key },
      type,
      schemaVersion: getEventType(type).schemaVersion,
      recordType: type,
      owner: { organisation, service: 'main' },
      sender: 'connector',
      originatorConfirmed: true,
      record: { key: name, ancestors: [], body: name },
      rank: { feed: organisation, by: 'version', value: '1', key: rankKey('version', '1') },
      about: 'child',
      tier: 'ordinary',
      regime: 'uk-gdpr',
      occurred: { from: '2025-11-01', precision: 'day' },
      hubReceived: '2025-12-01T09:00:00.000Z',
      fields: { content: ['returnHomeInterviewAttended'] },
      facts: [],
      ...change,
    },
    identity: kind === 'child' ? { identifiers: [NUMBER] } : {},
    ...(terms ? { terms: terms as Record<string, unknown> } : {}),
    unreadable: [],
  };
};

const POLICY = {
  orgId: COUNCIL,
  orgName: 'Council',
  orgType: 'LOCAL_AUTHORITY',
  recordTypes: ['missing-episode'],
  dsaPolicy: {
    version: '1',
    defaults: ['EXISTENCE', 'CONTENT'].map((mode) => ({
      effect: 'allow',
      modes: [mode],
      recordTypes: ['missing-episode'],
      destOrgTypes: ['HEALTH'],
      purposes: ['SAFEGUARDING'],
      validFrom: '2025-01-01T00:00:00Z',
    })),
    exceptions: [],
  },
};
const adopted = { agreement: COUNCIL, version: '1', document: 'policy', organisation: COUNCIL };
const ofAgreement = { subject: { kind: 'agreement', key: AGREEMENT } } as const;

const day = (nth: number) => ({ from: `2025-11-0${nth}`, precision: 'day' }) as const;
const episode = (organisation: string, nth: number): FiledContribution =>
  filed('missing-episode', organisation, `${organisation}-${nth}`, { birthDate: BORN }, { occurred: day(nth) });

/** A nurse with a relation of hers, and three entries each of her own organisation and of the council. */
const scope = (): ReadScope => ({
  at: Date.parse(AT),
  purpose: 'SAFEGUARDING',
  login: 'nurse',
  staff: [
    filed(
      'staff-post',
      CLINIC,
      'post',
      { login: 'nurse', organisationKind: 'HEALTH', service: 'main', role: 'nurse', from: '2025-01-01' },
      { subject: { kind: 'staff', key: STAFF } },
    ),
  ],
  start: [OURS],
  references: [
    {
      key: OURS,
      organisation: CLINIC,
      contributions: [
        filed('relation', CLINIC, 'allocated', {
          relation: 'allocated',
          service: 'main',
          staffKey: STAFF,
          from: '2025-01-01',
        }),
        ...[1, 2, 3].map((nth) => episode(CLINIC, nth)),
      ],
    },
    { key: THEIRS, organisation: COUNCIL, contributions: [4, 5, 6].map((nth) => episode(COUNCIL, nth)) },
  ],
  agreements: [
    filed(
      'agreement-document',
      COUNCIL,
      'policy',
      { agreement: COUNCIL, version: '1', document: JSON.stringify(POLICY), desk: 'Front door' },
      ofAgreement,
    ),
    ...['first', 'second'].map((signer) =>
      filed(
        'agreement-adoption',
        COUNCIL,
        signer,
        { ...adopted, signer, inForceFrom: '2025-06-01T00:00:00Z' },
        { ...ofAgreement, sender: signer },
      ),
    ),
  ],
  pending: [],
});

interface Read {
  readonly record: ReadRecord;
  readonly list: SealedList;
}

/** The record of a list, which need not be what the scope shows. */
const recorded = (list: SealedList, page: PageRequest, references: readonly string[]): Read => ({
  list,
  record: {
    start: [OURS],
    references,
    purpose: 'SAFEGUARDING',
    at: AT,
    versions: { linkageRules: 'linkage-rules/1', decisionCode: DECISION_CODE_VERSION, catalogue: 1 },
    page,
    shown: {
      entries: list.lines.length,
      sha256: sha256Hex(digestBytes(list.lines)),
      notices: list.notices.length,
    },
  } as unknown as ReadRecord,
});

const read = (of: ReadScope, page: PageRequest = { size: 10, after: null }, change: Partial<SealedList> = {}): Read => {
  const view = readChild(of);
  const lines = shownLines(pageOf(view.entries, page).entries);
  return recorded(
    { login: 'nurse', lines, notices: view.notices, childBirthDate: view.childBirthDate, ...change },
    page,
    view.references,
  );
};

const changed = (
  of: ReadScope,
  change: (contribution: FiledContribution) => FiledContribution | undefined,
): ReadScope => ({
  ...of,
  references: of.references.map((reference) => ({
    ...reference,
    contributions: reference.contributions.flatMap((one) => change(one) ?? []),
  })),
});

const named = (names: readonly string[]) => (contribution: FiledContribution) =>
  names.includes(contribution.envelope.contributionId);

/** As the audit sees it after an erasure. */
const erase = (of: ReadScope, ...names: string[]): ReadScope => {
  const without = (one: FiledContribution): FiledContribution => {
    const { identity, terms, ...rest } = one;
    return named(names)(one) ? { ...rest, unreadable: ['identity', 'terms', 'content'] } : one;
  };
  const lost = { ...changed(of, without), staff: of.staff.map(without), agreements: of.agreements.map(without) };
  const shared = sharedIdentifiers(lost.references);
  return changed(lost, (one) => withLostIdentity(one, shared, BORN));
};

const without = (of: ReadScope, ...names: string[]): ReadScope =>
  changed(of, (one) => (named(names)(one) ? undefined : one));

const replay = ({ record, list }: Read, of: ReadScope) => replayRead(record, of, list);

describe('a recorded read, decided again', () => {
  it('shows entries of both organisations and a notice, so that what follows can fail', () => {
    const view = readChild(scope());
    expect(view.entries.map(({ id }) => id)).toEqual(
      [1, 2, 3].map((n) => `${CLINIC}-${n}`).concat([4, 5, 6].map((n) => `${COUNCIL}-${n}`)),
    );
    expect(view.notices).toHaveLength(1);
    expect(view.childBirthDate).toBe(BORN);
  });

  it('is the same', () => {
    expect(replay(read(scope()), scope())).toBe('same');
    expect(replay(read(scope(), { size: 2, after: null }), scope())).toBe('same');
  });

  it('differs where it shows less, more, or in another order', () => {
    expect(replay(read(scope()), without(scope(), `${CLINIC}-2`))).toBe('differs');
    expect(replay(read(without(scope(), `${CLINIC}-2`)), scope())).toBe('differs');
    const { list } = read(scope());
    expect(replay(read(scope(), undefined, { lines: list.lines.toReversed() }), scope())).toBe('differs');
  });

  it('differs where another notice of the same number was recorded', () => {
    const notices = [{ partyKind: 'POLICE', desk: 'Front door' }];
    expect(replay(read(scope(), undefined, { notices }), scope())).toBe('differs');
    expect(replay(read(scope(), undefined, { notices }), erase(scope(), `${CLINIC}-1`))).toBe('differs');
  });

  it('differs where the sealed list is not the one recorded, or does not open', () => {
    const { record, list } = read(scope());
    expect(replayRead(record, scope(), undefined)).toBe('differs');
    expect(replayRead(record, scope(), { ...list, lines: list.lines.slice(1) })).toBe('differs');
    expect(replayRead(record, scope(), { ...list, notices: [] })).toBe('differs');
  });

  it('is other code where another version of it recorded what is not shown now', () => {
    const { record, list } = read(scope());
    const older = { ...record, versions: { ...record.versions, decisionCode: DECISION_CODE_VERSION - 1 } };
    expect(replayRead(older, without(scope(), `${CLINIC}-2`), list)).toBe('other-code');
  });
});

describe('after an erasure', () => {
  it('is erased, whichever entry it was', () => {
    for (const { id } of readChild(scope()).entries) {
      expect([id, replay(read(scope()), erase(scope(), id))]).toEqual([id, 'erased']);
    }
  });

  it('is erased where a whole reference was, or all that an organisation said', () => {
    for (const organisation of [CLINIC, COUNCIL]) {
      const names = readChild(scope()).entries.flatMap(({ id }) => (id.startsWith(organisation) ? [id] : []));
      expect(replay(read(scope()), erase(scope(), ...names))).toBe('erased');
    }
  });

  it('is erased where those behind move up into the page', () => {
    const page = { size: 2, after: null };
    for (const nth of [1, 2]) {
      expect(replay(read(scope(), page), erase(scope(), `${CLINIC}-${nth}`))).toBe('erased');
    }
    expect(replay(read(scope(), page), erase(scope(), `${CLINIC}-1`, `${CLINIC}-2`))).toBe('erased');
  });

  it('is erased on a later page, and where the entry that it began after is gone', () => {
    const last = readChild(scope()).entries[1]!;
    const page = { size: 2, after: { sort: sortKey(last), id: last.id } };
    for (const nth of [2, 3]) {
      expect(replay(read(scope(), page), erase(scope(), `${CLINIC}-${nth}`))).toMatch(nth === 2 ? 'same' : 'erased');
    }
  });

  it('differs where it shows less than what is left', () => {
    const erased = erase(scope(), `${CLINIC}-1`);
    for (const name of [`${CLINIC}-2`, `${COUNCIL}-4`, `${COUNCIL}-6`]) {
      expect([name, replay(read(scope()), without(erased, name))]).toEqual([name, 'differs']);
    }
    expect(replay(read(scope(), { size: 2, after: null }), without(erased, `${CLINIC}-2`))).toBe('differs');
  });

  it('differs where it shows more than what was recorded', () => {
    const recordedWithout = (name: string) => read(without(scope(), name));
    const erased = erase(scope(), `${CLINIC}-1`);
    expect(replay(recordedWithout(`${CLINIC}-2`), erased)).toBe('differs');
    expect(replay(recordedWithout(`${COUNCIL}-6`), erased)).toBe('differs');
  });

  it('differs where an entry that is left shows other facets', () => {
    const narrower = changed(erase(scope(), `${CLINIC}-1`), (one) =>
      named([`${CLINIC}-2`])(one) ? { ...one, envelope: { ...one.envelope, fields: {} } } : one,
    );
    expect(replay(read(scope()), narrower)).toBe('differs');
  });
});

describe('after an erasure of what opened records', () => {
  it('is erased: it shows less, whatever it was', () => {
    for (const name of ['allocated', 'post']) {
      expect([name, replay(read(scope()), erase(scope(), name))]).toEqual([name, 'erased']);
    }
    const document = scope().agreements.map(({ envelope }) => envelope.contributionId);
    for (const name of document) expect([name, replay(read(scope()), erase(scope(), name))]).toEqual([name, 'erased']);
    const page = { size: 2, after: null };
    for (const name of document) expect(replay(read(scope(), page), erase(scope(), name))).toBe('erased');
  });

  it('differs where it shows more, or another order, all the same', () => {
    const erased = erase(scope(), scope().agreements[0]!.envelope.contributionId);
    expect(replay(read(without(scope(), `${CLINIC}-2`)), erased)).toBe('differs');
    const { list } = read(scope());
    expect(replay(read(scope(), undefined, { lines: list.lines.toReversed() }), erased)).toBe('differs');
  });
});

describe('the identifiers that references share', () => {
  const upn = { kind: 'upn', value: 'H801200001001', status: 'traced' };
  const reference = (key: string, identifiers: readonly object[]) => ({
    key,
    organisation: key,
    contributions: [{ ...episode(CLINIC, 1), identity: { identifiers } }],
  });

  it('are those that each of them has that has any', () => {
    const references = [reference('a', [NUMBER, upn]), reference('b', [NUMBER]), reference('c', [])];
    expect(sharedIdentifiers(references)).toEqual([NUMBER]);
  });

  it('are all where they hold together only by one that is gone, and none that is not verified', () => {
    const asserted = { ...NUMBER, status: 'asserted' };
    expect(sharedIdentifiers([reference('a', [NUMBER]), reference('b', [upn])])).toEqual([NUMBER, upn]);
    expect(sharedIdentifiers([reference('a', [asserted])])).toEqual([]);
  });
});
