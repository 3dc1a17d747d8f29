import * as fc from 'fast-check';
import { decideDisclosure } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { parseAgreement } from './parse-agreement.js';
import { cellsOf } from './policy-cells.js';
import { readPolicies } from './policy-document.js';
import { examplePolicies, exampleTable } from '../testing/example-policies.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import type { SharedEntry, SharingState, Viewer } from './types.js';

interface Request {
  at: number;
  source: string;
  destOrg: string;
  destOrgType: string;
  purpose: string;
  recordType: string;
  mode: 'EXISTENCE' | 'CONTENT';
}

const compiled = (json: unknown): CompiledAgreement => {
  const parsed = parseAgreement(json);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return parsed.agreement;
};

const deciding = (agreements: readonly CompiledAgreement[], request: Request) => {
  const viewer: Viewer = {
    staffKey: '',
    organisation: request.destOrg,
    organisationKind: request.destOrgType,
    service: '',
    role: '',
  };
  const state: SharingState = {
    at: request.at,
    purpose: request.purpose,
    relations: [],
    agreements: agreements.map((agreement) => ({ agreement, adoptions: 'all' })),
    facts: [],
  };
  return { viewer, state, owner: { organisation: request.source, service: 'whichever' } };
};

const entryOf = (request: Request): SharedEntry => ({
  id: 'e',
  owner: { organisation: request.source, service: 'whichever' },
  type: 'hub-type',
  recordType: request.recordType,
  tier: 'ordinary',
  about: 'informant',
  occurred: { precision: 'unknown' },
  facts: [],
  fields: [
    { name: 'anything', part: 'content', about: 'sibling' },
    { name: 'somewhere', part: 'location', about: 'carer' },
  ],
});

const disclosureFor = (agreements: readonly CompiledAgreement[], request: Request) => {
  const { viewer, state } = deciding(agreements, request);
  return decideDisclosure(viewer, state, entryOf(request), { baseline: false });
};

const allows = (agreements: readonly CompiledAgreement[], request: Request): boolean => {
  const { viewer, state, owner } = deciding(agreements, request);
  if (request.mode === 'CONTENT') return disclosureFor(agreements, request).summary;
  const service = { ...owner, recordTypes: [request.recordType], facts: [] };
  return decideExistence(viewer, state, service, { baseline: false }).shown;
};

const NOW = Date.parse('2025-12-19T09:00:00Z');
const ask = (change: Partial<Request> = {}): Request => ({
  at: NOW,
  source: 'ORG-1',
  destOrg: 'READER-1',
  destOrgType: 'HEALTH',
  purpose: 'SAFEGUARDING',
  recordType: 'tenancy',
  mode: 'CONTENT',
  ...change,
});
const rule = (change: object = {}): object => ({
  effect: 'allow',
  modes: ['EXISTENCE', 'CONTENT'],
  recordTypes: ['tenancy'],
  destOrgTypes: ['HEALTH'],
  purposes: ['SAFEGUARDING'],
  ...change,
});
const organisation = (defaults: object[] | null, exceptions: object[] | null = [], change: object = {}): object => ({
  orgId: 'ORG-1',
  orgName: 'First Homes',
  orgType: 'HOUSING',
  recordTypes: ['tenancy', 'repairs'],
  dsaPolicy: { version: 'a label', defaults, exceptions },
  ...change,
});
const decides = (policy: object, change: Partial<Request> = {}): boolean => allows([compiled(policy)], ask(change));

describe('imported policies', () => {
  it('give the example its table', () => {
    const agreements = [compiled(examplePolicies())];
    const at = Date.parse('2025-12-01T00:00:00Z');
    for (const [destOrg, destOrgType, ...row] of exampleTable.readers)
      expect([
        destOrg,
        ...exampleTable.recordTypes.map(([source, recordType]) =>
          (['EXISTENCE', 'CONTENT'] as const)
            .filter((mode) => allows(agreements, ask({ at, source, recordType, destOrg, destOrgType, mode })))
            .map((mode) => mode.charAt(0))
            .join(''),
        ),
      ]).toEqual([destOrg, ...row]);
    const before = { at: at - 1, source: 'POLICE-01', recordType: 'crime-justice.details' };
    const authority = { destOrg: 'LOCAL-AUTHORITY-01', destOrgType: 'LOCAL_AUTHORITY' };
    expect(allows(agreements, ask({ ...before, ...authority }))).toBe(false);
    expect(allows(agreements, ask({ ...before, ...authority, mode: 'EXISTENCE' }))).toBe(false);
  });

  it('show summary, every content field and every location field, about anyone, of tier contact to special', () => {
    const agreements = [compiled(organisation([rule()]))];
    expect(disclosureFor(agreements, ask())).toEqual({
      summary: true,
      content: ['anything'],
      location: ['somewhere'],
      by: ['ORG-1.defaults[0].CONTENT.1'],
      readerText: 'First Homes shares tenancy for safeguarding',
    });
    const { viewer, state } = deciding(agreements, ask());
    for (const [tier, shown] of [
      ['contact', true],
      ['special', true],
      ['originator', false],
      ['sealed', false],
    ] as const)
      expect(decideDisclosure(viewer, state, { ...entryOf(ask()), tier }, { baseline: false }).summary).toBe(shown);
  });

  it('say kind and desk in a notice, and the reason of a rule to nobody who reads', () => {
    const policy = organisation([rule({ reason: 'a secret operation' })]);
    const parsed = parseAgreement(policy, { desk: { 'org-1': 'Duty line 01632 960123' } });
    const agreement = 'agreement' in parsed ? parsed.agreement : compiled(policy);
    const { viewer, state, owner } = deciding([agreement], ask());
    const service = { ...owner, recordTypes: ['tenancy'], facts: [] };
    expect(decideExistence(viewer, state, service, { baseline: false })).toEqual({
      shown: true,
      partyKind: 'HOUSING',
      desk: 'Duty line 01632 960123',
      by: ['ORG-1.defaults[0].EXISTENCE.1'],
    });
    expect('imported' in parsed && parsed.imported?.permits[0]?.rule).toEqual({
      list: 'defaults',
      index: 0,
      reason: 'a secret operation',
    });
    expect(disclosureFor([agreement], ask()).readerText).not.toContain('secret');
  });

  it('let the first matching exception decide, else the first matching default, else deny', () => {
    const deny = rule({ effect: 'deny' });
    expect(decides(organisation([rule()], [deny]))).toBe(false);
    expect(decides(organisation([rule()], [rule(), deny]))).toBe(true);
    expect(decides(organisation([deny, rule()]))).toBe(false);
    expect(decides(organisation([rule({ purposes: ['OTHER'] })]))).toBe(false);
    expect(decides(organisation(null, null))).toBe(false);
  });

  it('take the kind of the reader only where no ids are named', () => {
    const byId = rule({ destOrgIds: ['READER-1'], destOrgTypes: ['HEALTH'] });
    expect(decides(organisation([byId]))).toBe(true);
    expect(decides(organisation([byId]), { destOrg: 'READER-2' })).toBe(false);
    expect(decides(organisation([byId]), { destOrgType: 'POLICE' })).toBe(true);
    for (const none of [[], null]) {
      expect(decides(organisation([rule({ destOrgIds: none })]))).toBe(true);
      expect(decides(organisation([rule({ destOrgIds: none })]), { destOrgType: 'POLICE' })).toBe(false);
    }
  });

  it('never match without a target, not even to deny', () => {
    for (const none of [[], null, undefined]) {
      const nobody = { destOrgIds: none, destOrgTypes: none };
      expect(decides(organisation([rule(nobody)]))).toBe(false);
      expect(decides(organisation([rule()], [rule({ effect: 'deny', ...nobody })]))).toBe(true);
    }
  });

  it.each(['modes', 'recordTypes', 'purposes'])('match nothing where %s is empty, null or absent', (field) => {
    for (const none of [[], null, undefined]) {
      expect(decides(organisation([rule({ [field]: none })]))).toBe(false);
      expect(decides(organisation([rule()], [rule({ effect: 'deny', [field]: none })]))).toBe(true);
    }
  });

  it('compare codes without case', () => {
    const policy = organisation([
      rule({ effect: 'Allow', modes: ['content'], recordTypes: ['TENANCY'], destOrgTypes: ['health'] }),
    ]);
    expect(decides(policy, { source: 'org-1', destOrgType: 'Health', purpose: 'safeGuarding' })).toBe(true);
  });

  it('include both ends of a validity, to the millisecond, and try the next rule outside it', () => {
    const timed = rule({ validFrom: '2025-12-01T00:00:00+01:00', validUntil: '2025-12-01T12:00:00.500Z' });
    const decided = (at: string, policy = organisation([timed])): boolean => decides(policy, { at: Date.parse(at) });
    expect(
      [
        '2025-11-30T22:59:59.999Z',
        '2025-11-30T23:00:00.000Z',
        '2025-12-01T12:00:00.500Z',
        '2025-12-01T12:00:00.501Z',
      ].map((at) => decided(at)),
    ).toEqual([false, true, true, false]);
    const next = organisation([rule()], [{ ...timed, effect: 'deny' }]);
    expect(
      ['2025-11-30T22:59:59.999Z', '2025-12-01T00:00:00Z', '2025-12-01T12:00:00.501Z'].map((at) => decided(at, next)),
    ).toEqual([true, false, true]);
    const moment = rule({ validFrom: '2025-12-19T09:00:00Z', validUntil: '2025-12-19T09:00:00.000Z' });
    expect([NOW - 1, NOW, NOW + 1].map((at) => decides(organisation([moment]), { at }))).toEqual([false, true, false]);
    const finer = rule({ validFrom: '2025-12-19T09:00:00.0000001Z', validUntil: '9999-12-31T23:59:59.9999999Z' });
    expect([NOW, NOW + 1].map((at) => decides(organisation([finer]), { at }))).toEqual([false, true]);
  });

  it('decide existence and content apart', () => {
    const policy = organisation([rule({ modes: ['EXISTENCE'] })], [rule({ effect: 'deny', modes: ['CONTENT'] })]);
    expect([decides(policy, { mode: 'EXISTENCE' }), decides(policy)]).toEqual([true, false]);
    expect(decides(organisation([rule({ modes: ['CONTENT'] })]), { mode: 'EXISTENCE' })).toBe(false);
  });

  it.each([
    ['source organisation', { source: 'ORG-9' }],
    ['kind of reader', { destOrgType: 'CIRCUS' }],
    ['purpose', { purpose: 'CURIOSITY' }],
    ['record type', { recordType: 'diary' }],
  ])('deny an unknown %s', (_, change) => {
    expect(decides(organisation([rule()]), change)).toBe(false);
  });

  it('let a rule speak of a record type that its organisation does not list', () => {
    const policy = organisation([rule({ recordTypes: ['tenancy', 'diary'] })]);
    expect(decides(policy, { recordType: 'diary' })).toBe(true);
  });

  it('read their own cells back to the same decisions', () => {
    const parsed = parseAgreement(examplePolicies());
    const cells: unknown = JSON.parse(JSON.stringify('imported' in parsed ? parsed.imported : null));
    const again = parseAgreement(cells);
    expect('imported' in again && again.imported).toEqual(cells);
    const request = ask({ source: 'HEALTH-01', recordType: 'health.details', destOrgType: 'EDUCATION' });
    expect(allows([compiled(cells)], request)).toBe(true);
  });
});

const KINDS = ['HEALTH', 'POLICE', 'EDUCATION'];
const READERS = ['READER-1', 'READER-2', 'READER-3'];
const TYPES = ['tenancy', 'repairs', 'diary'];
const PURPOSES = ['SAFEGUARDING', 'CHILD_PROTECTION', 'HOUSING'];
const EDGES = [0, 1, 2, 3, 4].map((hour) => Date.UTC(2025, 11, 1, hour));

const anyCase = (code: string): fc.Arbitrary<string> => fc.constantFrom(code, code.toLowerCase(), code.toUpperCase());
const listOf = (codes: readonly string[]): fc.Arbitrary<string[] | null | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.subarray([...codes], { minLength: 1 }).chain((some) => fc.tuple(...some.map(anyCase))) },
    { weight: 1, arbitrary: fc.constantFrom<string[] | null | undefined>([], null, undefined) },
  );
const orNone = (codes: readonly string[]): fc.Arbitrary<string[] | null | undefined> =>
  fc.oneof(listOf(codes), fc.constantFrom<string[] | null | undefined>([], null, undefined));
const anyRule = fc
  .record({
    effect: fc.constantFrom('allow', 'ALLOW', 'deny', 'Deny'),
    modes: listOf(['EXISTENCE', 'CONTENT']),
    recordTypes: listOf(TYPES),
    purposes: listOf(PURPOSES),
    destOrgIds: orNone(READERS),
    destOrgTypes: orNone(KINDS),
    span: fc.tuple(fc.option(fc.constantFrom(...EDGES)), fc.option(fc.constantFrom(...EDGES))),
  })
  .map(({ span: [a, b], ...each }) => {
    const [from, until] = a !== null && b !== null && a > b ? [b, a] : [a, b];
    return {
      ...each,
      validFrom: from === null ? null : new Date(from).toISOString(),
      validUntil: until === null ? undefined : new Date(until).toISOString(),
    };
  });
type AnyRule = typeof anyRule extends fc.Arbitrary<infer R> ? R : never;

const anyRequest = fc.record({
  at: fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(-1, 0, 1)).map(([edge, by]) => edge + by),
  source: fc.constantFrom('ORG-1', 'org-1', 'ORG-9'),
  destOrg: fc.constantFrom(...READERS, 'reader-1', 'READER-9', ''),
  destOrgType: fc.constantFrom(...KINDS, 'health', 'CIRCUS', ''),
  purpose: fc.constantFrom(...PURPOSES, 'housing', 'CURIOSITY'),
  recordType: fc.constantFrom(...TYPES, 'Tenancy', 'letters'),
  mode: fc.constantFrom('EXISTENCE' as const, 'CONTENT' as const),
});

/** First match as the prototype does it, from the rules as written. */
const firstMatch = (exceptions: readonly AnyRule[], defaults: readonly AnyRule[], request: Request): boolean => {
  if (request.source.toUpperCase() !== 'ORG-1') return false;
  const holds = (list: readonly string[] | null | undefined, code: string): boolean =>
    (list ?? []).some((each) => each.toUpperCase() === code.toUpperCase());
  for (const each of [...exceptions, ...defaults]) {
    if (!holds(each.modes, request.mode)) continue;
    if (!holds(each.recordTypes, request.recordType)) continue;
    if (!holds(each.purposes, request.purpose)) continue;
    if ((each.destOrgIds ?? []).length > 0) {
      if (!holds(each.destOrgIds, request.destOrg)) continue;
    } else if (!holds(each.destOrgTypes, request.destOrgType)) continue;
    if (each.validFrom && request.at < Date.parse(each.validFrom)) continue;
    if (each.validUntil && request.at > Date.parse(each.validUntil)) continue;
    return each.effect.toLowerCase() === 'allow';
  }
  return false;
};

const policyOf = (exceptions: readonly AnyRule[], defaults: readonly AnyRule[]): object =>
  organisation([...defaults], [...exceptions]);

describe('permit-only cells', () => {
  const rules = fc.array(anyRule, { maxLength: 6 });
  const requests = fc.array(anyRequest, { minLength: 40, maxLength: 40 });

  it('decide as first match does, at most one of them at a time', () => {
    fc.assert(
      fc.property(rules, rules, requests, (exceptions, defaults, asked) => {
        const policy = policyOf(exceptions, defaults);
        const agreement = compiled(policy);
        for (const request of asked) {
          const expected = firstMatch(exceptions, defaults, request);
          expect([request, allows([agreement], request)]).toEqual([request, expected]);
          const { viewer, state, owner } = deciding([agreement], request);
          const by =
            request.mode === 'CONTENT'
              ? disclosureFor([agreement], request).by
              : decideExistence(
                  viewer,
                  state,
                  { ...owner, recordTypes: [request.recordType], facts: [] },
                  { baseline: false },
                ).by;
          expect(by.length).toBe(expected ? 1 : 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not overlap in any request, whoever asks', () => {
    fc.assert(
      fc.property(rules, rules, anyRequest, (exceptions, defaults, request) => {
        const read = readPolicies(policyOf(exceptions, defaults) as Record<string, unknown>);
        const [first] = 'organisations' in read ? read.organisations : [];
        const matching = cellsOf(first!).filter(({ mode, recordTypes, purposes, destination, window }) => {
          const [own, other] =
            destination.by === 'organisation'
              ? [request.destOrg.toLowerCase(), request.destOrgType.toLowerCase()]
              : [request.destOrgType.toLowerCase(), request.destOrg.toLowerCase()];
          return (
            mode === request.mode &&
            recordTypes.includes(request.recordType.toLowerCase()) &&
            purposes.includes(request.purpose.toLowerCase()) &&
            destination.codes.includes(own) &&
            !destination.except.includes(other) &&
            request.at >= window.from &&
            request.at < window.until
          );
        });
        expect(matching.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('decide the same after they were written and read again, in any order', () => {
    fc.assert(
      fc.property(rules, rules, requests, (exceptions, defaults, asked) => {
        const parsed = parseAgreement(policyOf(exceptions, defaults));
        const imported = 'imported' in parsed ? parsed.imported : null;
        const turned = {
          ...imported!,
          existence: [...imported!.existence].reverse(),
          permits: [...imported!.permits].reverse(),
        };
        const agreement = compiled(JSON.parse(JSON.stringify(turned)));
        for (const request of asked)
          expect(allows([agreement], request)).toBe(firstMatch(exceptions, defaults, request));
      }),
      { numRuns: 100 },
    );
  });
});
