import {
  actsFor,
  clausesFor,
  holdsService,
  partiesOf,
  permitsFor,
  speaksTo,
  standingsOf,
  type Audience,
} from './compiled-agreement.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import type { Adoption, Viewer } from './types.js';

type Document = ReturnType<typeof exampleAgreement>;

const compiled = (change: (document: any) => void = () => {}) => {
  const document: Document = exampleAgreement();
  change(document);
  const parsed = parseAgreement(document);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return parsed.agreement;
};

const viewer = (change: Partial<Viewer> = {}): Viewer => ({
  staffKey: 'viewer',
  organisation: 'la:901',
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'door',
  role: 'any',
  ...change,
});

describe('the parties of an organisation', () => {
  const overlapping = compiled((document) => {
    document.parties.trust = {
      kind: 'HEALTH',
      orgs: ['ods:ZZ2/*', 'ods:ZZ1'],
      desk: 'Trust 01632 960003',
      services: { minds: 'open', urgent: 'hidden', beds: 'guarded' },
    };
    document.parties.both = {
      kind: 'HEALTH',
      orgs: ['ods:ZZ2/07', 'ods:*/07'],
      desk: 'Both',
      services: { beds: 'open' },
    };
    document.parties.several = { kind: 'HEALTH', orgs: ['ods:B1/*', 'ods:B2/*'], desk: 'B', services: {} };
  });
  const names = (organisation: string): string[] => partiesOf(overlapping, organisation).map(({ name }) => name);

  it('are those that name it and those that describe it, each once', () => {
    expect(names('ODS:zz1')).toEqual(['health', 'trust']);
    expect(names('ods:ZZ2/07')).toEqual(['both', 'health', 'trust']);
    expect(names('ods:ZZ2/08')).toEqual(['health', 'trust']);
    expect(names('ods:ZZ2/')).toEqual([]);
    expect(names('ods:ZZ2/a/b')).toEqual([]);
    expect(names('ods:ZZ3')).toEqual([]);
    expect(names('ods:ZZ2/*')).toEqual([]);
    expect(names('ods:B1/9')).toEqual(['several']);
    expect(names('ods:B2/9')).toEqual(['several']);
    expect(names('')).toEqual([]);
  });

  it('give one service its strictest class for all of them', () => {
    const classes = (organisation: string, service: string) =>
      standingsOf(overlapping, { organisation, service }).map(({ key, serviceClass }) => [key, serviceClass]);
    expect(classes('ods:ZZ1', 'minds')).toEqual([
      ['health.minds', 'guarded'],
      ['trust.minds', 'guarded'],
    ]);
    expect(classes('ods:ZZ1', 'urgent')).toEqual([
      ['health.urgent', 'hidden'],
      ['trust.urgent', 'hidden'],
    ]);
    expect(classes('ods:ZZ2/07', 'beds')).toEqual([
      ['both.beds', 'guarded'],
      ['health.beds', null],
      ['trust.beds', 'guarded'],
    ]);
    expect(classes('la:901', 'care')).toEqual([['council.care', 'open']]);
    expect(classes('la:901', 'parks')).toEqual([['council.parks', null]]);
    expect(classes('la:902', 'care')).toEqual([]);
  });
});

describe('the clauses for a service of two classes', () => {
  it('are none, where one of them is hidden', () => {
    const agreement = compiled((document) => {
      document.existence[1].of = ['health.urgent'];
      document.parties.trust = { kind: 'HEALTH', orgs: ['ods:ZZ1'], desk: 'Trust', services: { urgent: 'hidden' } };
    });
    const ids = (organisation: string): string[] =>
      clausesFor(agreement.existence, standingsOf(agreement, { organisation, service: 'urgent' }), []).map(
        ({ id }) => id,
      );
    expect(ids('ods:ZZ1')).toEqual([]);
    expect(ids('ods:ZZ2/1')).toEqual(['minds-to-care']);
  });
});

describe('the clauses for a service', () => {
  const agreement = compiled((document) => {
    const permit = { ...document.permits[0], records: { types: ['protection-plan'] } };
    document.permits = [
      { ...permit, id: 'named', from: ['council.care', 'health.minds'] },
      { ...permit, id: 'named-too', from: ['council.care'] },
      { ...permit, id: 'party', from: ['council.*', 'health.*'] },
      { ...permit, id: 'all', from: ['*'] },
      { ...permit, id: 'any-type', from: ['council.care'], records: {} },
      { ...permit, id: 'other-type', from: ['council.care'], records: { types: ['visit', 'Notice'] } },
    ];
  });
  const ids = (organisation: string, service: string, ...types: string[]): string[] =>
    clausesFor(agreement.permits, standingsOf(agreement, { organisation, service }), types)
      .map(({ id }) => String(id))
      .sort();

  it('are those that name it, its party or all, for an open service', () => {
    expect(ids('la:901', 'care', 'protection-plan')).toEqual(['all', 'any-type', 'named', 'named-too', 'party']);
    expect(ids('la:901', 'door', 'protection-plan')).toEqual(['all', 'party']);
    expect(ids('force:91', 'protect', 'protection-plan')).toEqual(['all']);
  });

  it('are those that name it alone for a guarded one, and none for a hidden or unlisted one', () => {
    expect(ids('ods:ZZ1', 'minds', 'protection-plan')).toEqual(['named']);
    expect(ids('ods:ZZ1', 'sexual-health', 'protection-plan')).toEqual([]);
    expect(ids('la:901', 'parks', 'protection-plan')).toEqual([]);
  });

  it('name any of the types, without case, each clause once', () => {
    expect(ids('la:901', 'care', 'PROTECTION-PLAN', 'notice', 'visit')).toEqual([
      'all',
      'any-type',
      'named',
      'named-too',
      'other-type',
      'party',
    ]);
    expect(ids('la:901', 'care')).toEqual(['any-type']);
    expect(ids('la:901', 'care', 'chat')).toEqual(['any-type']);
  });

  it('are the same where they are remembered for a type of the hub and one of the source', () => {
    const standings = standingsOf(agreement, { organisation: 'la:901', service: 'care' });
    const remembered = (type: string, recordType: string): string[] =>
      permitsFor(agreement, standings)(type)(recordType).map(({ id }) => id);
    for (const _ of [1, 2]) {
      expect(remembered('visit', 'chat')).toEqual(['any-type', 'other-type']);
      expect(remembered('chat', 'Visit')).toEqual(['any-type', 'other-type']);
      expect(remembered('chat', 'chat')).toEqual(['any-type']);
    }
    const elsewhere = standingsOf(agreement, { organisation: 'la:901', service: 'door' });
    expect(permitsFor(agreement, elsewhere)('visit')('visit')).toEqual([]);
  });
});

describe('what a set of services holds', () => {
  const agreement = compiled();
  const standings = standingsOf(agreement, { organisation: 'la:901', service: 'adoption' });
  const set = (all: boolean, parties: string[], services: string[]) => ({
    all,
    parties: new Set(parties),
    services: new Set(services),
  });

  it('counts no class, for clauses that restrict', () => {
    expect(holdsService(null, standings)).toBe(true);
    expect(holdsService(set(true, [], []), [])).toBe(true);
    expect(holdsService(set(false, ['council'], []), standings)).toBe(true);
    expect(holdsService(set(false, [], ['council.adoption']), standings)).toBe(true);
    expect(holdsService(set(false, ['police'], ['council.care']), standings)).toBe(false);
    expect(holdsService(set(false, ['council'], []), [])).toBe(false);
  });
});

describe('to whom a clause speaks', () => {
  const agreement = compiled();
  const NO_ONE: ReadonlySet<string> = new Set();
  const audience = (change: Partial<Audience>): Audience => ({
    services: null,
    organisations: null,
    kinds: null,
    exceptOrganisations: NO_ONE,
    exceptKinds: NO_ONE,
    ...change,
  });
  const services = (...references: string[]): Audience['services'] => ({
    all: references.includes('*'),
    parties: new Set(references.filter((each) => each.endsWith('.*')).map((each) => each.slice(0, -2))),
    services: new Set(references.filter((each) => !each.endsWith('*'))),
  });

  const speaks = (to: Audience, one: Viewer): boolean => speaksTo(to, one, standingsOf(agreement, one)); // prettier-ignore

  it.each<[string, Partial<Audience>, boolean]>([
    ['everybody', {}, true],
    ['all services', { services: services('*') }, true],
    ['the service', { services: services('council.door') }, true],
    ['the whole party', { services: services('council.*') }, true],
    ['another service of the party', { services: services('council.care') }, false],
    ['another party', { services: services('police.*', 'school.dsl') }, false],
    ['no service', { services: services() }, false],
    ['the organisation', { organisations: new Set(['la:901']) }, true],
    ['another organisation', { organisations: new Set(['la:902']) }, false],
    ['the kind', { kinds: new Set(['local_authority']) }, true],
    ['another kind', { kinds: new Set(['police']) }, false],
    ['all but the organisation', { exceptOrganisations: new Set(['la:901']) }, false],
    ['all but another organisation', { exceptOrganisations: new Set(['la:902']) }, true],
    ['all but the kind', { exceptKinds: new Set(['local_authority']) }, false],
    ['all but another kind', { exceptKinds: new Set(['police']) }, true],
    ['the organisation, not its kind', { organisations: new Set(['la:901']), kinds: new Set(['police']) }, false],
  ])('%s', (_, change, expected) => {
    expect(speaks(audience(change), viewer({ organisation: 'LA:901' }))).toBe(expected);
  });

  it('is nobody of a party for an organisation outside', () => {
    const outside = viewer({ organisation: 'la:902' });
    expect(speaks(audience({ services: services('council.*', 'council.door') }), outside)).toBe(false);
    expect(speaks(audience({ services: services('*') }), outside)).toBe(true);
  });
});

describe('whether a document acts for an owner', () => {
  const agreement = compiled();
  const at = Date.parse('2026-06-01T00:00:00Z');
  const acts = (adoptions: readonly Adoption[] | 'all', organisation = 'la:901', when = at): boolean =>
    actsFor({ agreement, adoptions }, organisation, when);

  it('takes its own adoption, from its instant until its end', () => {
    expect(acts([{ organisation: 'LA:901', from: at }])).toBe(true);
    expect(acts([{ organisation: 'la:901', from: at + 1 }])).toBe(false);
    expect(acts([{ organisation: 'la:901', from: 0, until: at }])).toBe(false);
    expect(acts([{ organisation: 'la:901', from: 0, until: at + 1 }])).toBe(true);
    expect(acts([{ organisation: 'la:901', from: 0, until: null }])).toBe(true);
    expect(acts([{ organisation: 'force:91', from: 0 }])).toBe(false);
    expect(
      acts([
        { organisation: 'la:901', from: 0, until: 1 },
        { organisation: 'la:901', from: at },
      ]),
    ).toBe(true);
    expect(acts([])).toBe(false);
    expect(acts('all', 'anybody')).toBe(true);
  });

  it('takes its being in force, whoever adopted', () => {
    expect(acts('all', 'la:901', Date.parse('2025-12-31T23:59:59.999Z'))).toBe(false);
    expect(acts('all', 'la:901', Date.parse('2026-01-01T00:00:00Z'))).toBe(true);
    expect(acts('all', 'la:901', Date.parse('2028-01-01T00:00:00Z'))).toBe(false);
  });
});
