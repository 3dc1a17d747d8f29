import { rankKey, type Envelope } from '#contracts';
import type { ClassifiedIdentifier } from '#identity';
import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { Pairs } from './identity-pairs.js';
import type { ScopeReference } from './read-child.js';

const [OURS, THEIRS, THIRD, FOURTH] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
  string,
];
const AT = Date.parse('2026-02-01T12:00:00Z');
const MANAGER: Viewer = {
  staffKey: 'manager',
  organisation: 'LA-01',
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'csc',
  role: 'data-manager',
  team: null,
};
const nhs = (value: string, status: ClassifiedIdentifier['status'] = 'traced') => ({
  kind: 'nhs-number',
  value,
  status,
});
const NUMBER = '9990000018';

let position = 0;
interface Claims {
  readonly of?: string;
  readonly service?: string;
  readonly identifiers?: readonly object[];
  readonly givenName?: string;
  readonly birthDate?: string;
  readonly change?: Partial<Envelope>;
  readonly type?: string;
  readonly terms?: object;
}

const filed = (key: string, id: string, claims: Claims = {}): FiledContribution => {
  const { of = 'HEALTH-01', service = 'main', identifiers = [nhs(NUMBER)], givenName, birthDate } = claims;
  const { type = 'personal-details', terms, change = {} } = claims;
  position += 1;
  const value = new Date(Date.UTC(2026, 0, 1) + position).toISOString();
  return {
    position,
    envelope: {
      v: 1,
      contributionId: id,
      subject: { kind: 'child', key },
      type,
      schemaVersion: 1,
      recordType: type,
      owner: { organisation: of, service },
      sender: 'connector',
      originatorConfirmed: true,
      record: { key: id, ancestors: [], body: id },
      rank: { feed: 'records', by: 'sequence', value, key: rankKey('sequence', value) },
      about: 'child',
      tier: 'ordinary',
      regime: 'uk-gdpr',
      occurred: { precision: 'unknown' },
      hubReceived: value,
      fields: {},
      facts: [],
      ...change,
    },
    identity: { identifiers, ...(givenName === undefined ? {} : { givenName }) },
    terms: { ...(birthDate === undefined ? {} : { birthDate }), ...terms },
    unreadable: [],
  };
};
const answer = (key: string, other: string, said: string, of: string, id = `${key}${other}${said}`) =>
  filed(key, id, { of, identifiers: [], type: 'identity-answered', terms: { other, answer: said, sides: null } });
const excluding = (key: string, organisation: string) =>
  filed(key, 'exclusion', {
    identifiers: [],
    type: 'exclusion-made',
    terms: {
      directive: 'x',
      who: [{ organisation, service: null, team: null, staffKey: null }],
      until: null,
      feed: null,
      record: null,
    },
  });
const reference = (key: string, organisation: string, ...contributions: FiledContribution[]): ScopeReference => ({
  key,
  organisation,
  contributions,
});
const ours = (...more: FiledContribution[]) =>
  reference(OURS, 'LA-01', filed(OURS, 'ours', { of: 'LA-01', service: 'csc', givenName: 'Ada' }), ...more);
const pairsOf = (references: ScopeReference[], pending: FiledContribution[] = []) =>
  new Pairs({ at: AT, references, pending: pending.map((one) => ({ ...one, position: null })) }, [MANAGER]);
const seen = (references: ScopeReference[], pending: FiledContribution[] = []) =>
  pairsOf(references, pending).find(OURS, THEIRS);
const namesOf = (pair: ReturnType<typeof seen>) => pair?.sides.map(({ fields }) => fields.givenName);

const ORIGINATOR = { tier: 'originator' } as const;
const SEALED = { tier: 'sealed' } as const;
const PROTECTED = { facts: ['address-protected'] } as const;

describe('what shows of the other side', () => {
  it('is who it is, from what its originator leaves to others', () => {
    const theirs = reference(
      THEIRS,
      'HEALTH-01',
      filed(THEIRS, 'open', { givenName: 'Eve' }),
      filed(THEIRS, 'closed', { givenName: 'Secret', change: ORIGINATOR }),
      filed(THEIRS, 'shut', { givenName: 'Hidden', change: SEALED }),
    );
    expect(namesOf(seen([ours(), theirs]))).toEqual([['Ada'], ['Eve']]);
  });

  it.each([
    ['its originator’s to tell of', ORIGINATOR],
    ['sealed', SEALED],
  ])('is nothing where all of it is %s', (_, change) => {
    expect(seen([ours(), reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x', { change }))])).toBeUndefined();
  });

  it('is nothing where the address is protected on it, or on another that may be the same child', () => {
    const theirs = reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x'));
    const third = (change: Partial<Envelope>) => reference(THIRD, 'POLICE-01', filed(THIRD, 'y', { change }));
    expect(seen([ours(), theirs, third({})])).toBeDefined();
    expect(seen([ours(), theirs, third({ ...PROTECTED, facts: [...PROTECTED.facts] })])).toBeUndefined();
    const guarded = filed(THEIRS, 'x', { change: { facts: [...PROTECTED.facts] } });
    expect(seen([ours(), reference(THEIRS, 'HEALTH-01', guarded)])).toBeUndefined();
    expect(seen([ours(), theirs], [guarded])).toBeUndefined();
  });

  it('is there where the address is protected on one’s own alone', () => {
    const guarded = filed(OURS, 'own', { of: 'LA-01', service: 'csc', change: { facts: [...PROTECTED.facts] } });
    expect(seen([ours(guarded), reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x'))])).toBeDefined();
  });

  it('is nothing to whom its owner excludes, from the acknowledgement on', () => {
    const theirs = (...more: FiledContribution[]) => reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x'), ...more);
    expect(seen([ours(), theirs(excluding(THEIRS, 'LA-01'))])).toBeUndefined();
    expect(seen([ours(), theirs(excluding(THEIRS, 'POLICE-01'))])).toBeDefined();
    expect(seen([ours(), theirs()], [excluding(THEIRS, 'LA-01')])).toBeUndefined();
  });

  it('is nothing to whom a guardian closed the child, by whichever post, from the acknowledgement on', () => {
    const theirs = (...more: FiledContribution[]) => reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x'), ...more);
    const closing = (organisation: string, team: string | null) =>
      filed(THEIRS, 'closed', {
        identifiers: [],
        type: 'child-exclusion-made',
        terms: {
          directive: 'x',
          who: [{ organisation, service: null, team, staffKey: null }],
          view: 'cover',
          seen: [],
          withhold: [],
          records: [],
          until: null,
        },
      });
    expect(seen([ours(), theirs(closing('LA-01', null))])).toBeUndefined();
    expect(seen([ours(), theirs(closing('POLICE-01', null))])).toBeDefined();
    expect(seen([ours(), theirs()], [closing('LA-01', null)])).toBeUndefined();
    const elsewhere = { ...MANAGER, role: 'worker', team: 'roads' };
    const scope = { at: AT, references: [ours(), theirs(closing('LA-01', 'roads'))], pending: [] };
    expect(new Pairs(scope, [MANAGER]).find(OURS, THEIRS)).toBeDefined();
    expect(new Pairs(scope, [MANAGER], [MANAGER, elsewhere]).find(OURS, THEIRS)).toBeUndefined();
  });

  it('is of its numbers the one that both hold verified, and of the others that there are such', () => {
    const identifiers = [nhs(NUMBER), { kind: 'upn', value: 'B801200005001', status: 'traced' }];
    const pair = seen([ours(), reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x', { identifiers }))]);
    expect(pair!.sides[1].identifiers).toEqual([nhs(NUMBER), { kind: 'upn', value: null, status: 'traced' }]);
    const unsure = reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x', { identifiers: [nhs(NUMBER, 'asserted')] }));
    expect(seen([ours(), unsure])!.sides[1].identifiers).toEqual([{ ...nhs(NUMBER, 'asserted'), value: null }]);
  });

  it('takes part in no verdict where it does not show', () => {
    const theirs = reference(
      THEIRS,
      'HEALTH-01',
      filed(THEIRS, 'open', { givenName: 'Ada' }),
      filed(THEIRS, 'closed', { givenName: 'Eve', birthDate: '2015-01-02', change: ORIGINATOR }),
    );
    const pair = seen([ours(), theirs]);
    expect(pair).toMatchObject({ state: 'question', why: 'unclear' });
    expect(pair!.comparison.find(({ field }) => field === 'givenName')!.verdict).toBe('same');
  });
});

describe('what shows of one’s own side', () => {
  it('is what one’s own service recorded, and of another service what others see; nothing sealed', () => {
    const own = ours(
      filed(OURS, '1', { of: 'LA-01', service: 'csc', givenName: 'Own', change: ORIGINATOR }),
      filed(OURS, '2', { of: 'LA-01', service: 'csc', givenName: 'Sealed', change: SEALED }),
      filed(OURS, '3', { of: 'LA-01', service: 'housing', givenName: 'Other', change: ORIGINATOR }),
      filed(OURS, '4', { of: 'LA-01', service: 'housing', givenName: 'Open' }),
    );
    const pair = seen([own, reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x'))]);
    expect([...pair!.sides[0].fields.givenName].sort()).toEqual(['Ada', 'Open', 'Own']);
  });

  it('is needed: a pair of two others is nobody’s', () => {
    const two = [THEIRS, THIRD].map((key) => reference(key, 'HEALTH-01', filed(key, key)));
    expect(pairsOf([ours(), ...two]).find(THEIRS, THIRD)).toBeUndefined();
    expect(pairsOf([ours(), ...two]).find(OURS, OURS)).toBeUndefined();
  });
});

describe('what stands between two', () => {
  const theirs = reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'x', { givenName: 'Eve' }));
  const agreeing = reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'y'));

  it('joins once it is filed, and comes apart at once', () => {
    expect(seen([ours(), theirs])!.state).toBe('question');
    expect(seen([ours(), theirs], [answer(OURS, THEIRS, 'same', 'LA-01')])!.state).toBe('question');
    expect(seen([ours(answer(OURS, THEIRS, 'same', 'LA-01')), theirs])!.state).toBe('linked');
    expect(seen([ours(), agreeing])!.state).toBe('linked');
    expect(seen([ours(), agreeing], [answer(THEIRS, OURS, 'different', 'HEALTH-01')])!.state).toBe('refused');
  });

  it('is nothing where they have no verified number in common', () => {
    const other = reference(THEIRS, 'HEALTH-01', filed(THEIRS, 'z', { identifiers: [nhs('9990000026')] }));
    expect(seen([ours(), other])!.state).toBe('apart');
    expect(pairsOf([ours(), other]).othersOf(OURS)).toEqual([]);
    expect(pairsOf([ours(), agreeing]).othersOf(OURS)).toEqual([THEIRS]);
  });
});

describe('the sides of a cut', () => {
  const upn = { kind: 'upn', value: 'B801200005001', status: 'traced' };
  const one = (key: string, ...identifiers: object[]) => reference(key, 'X', filed(key, `of-${key}`, { identifiers }));

  it('are the one that leaves and all others, where somebody says which', () => {
    const pairs = pairsOf([ours(), one(THEIRS, nhs(NUMBER)), one(THIRD, nhs(NUMBER))]);
    expect(pairs.sidesOf(OURS, THEIRS, THEIRS)).toEqual([[THEIRS], [OURS, THIRD]]);
    expect(pairs.sidesOf(OURS, THEIRS, OURS)).toEqual([[OURS], [THEIRS, THIRD]]);
  });

  it('are what hangs together without the link, where nobody says; none where all hangs together still', () => {
    const chain = [ours(), one(THEIRS, nhs(NUMBER), upn), one(THIRD, upn), one(FOURTH, upn)];
    expect(pairsOf(chain).sidesOf(OURS, THEIRS, null)).toEqual([[OURS], [THEIRS, THIRD, FOURTH]]);
    expect(pairsOf(chain).sidesOf(THEIRS, THIRD, null)).toBeNull();
    expect(pairsOf([ours(), one(THEIRS, nhs(NUMBER))]).sidesOf(OURS, THEIRS, THEIRS)).toBeNull();
  });
});
