import * as fc from 'fast-check';
import { anyQuestion } from '../testing/arbitraries.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { standingsOf, type Clause } from './compiled-agreement.js';
import { CONSENT_GIVEN, consentHolds, restsOnConsent, YOUNG_PERSON_CONSENTED } from './consent.js';
import { decideDisclosure } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { parseAgreement } from './parse-agreement.js';
import type { AdoptedAgreement } from './types.js';

const agreement = (change: (document: any) => void = () => {}): AdoptedAgreement => {
  const document = exampleAgreement();
  change(document);
  const parsed = parseAgreement(document);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return { agreement: parsed.agreement, adoptions: 'all' };
};
const onDuty = agreement();
/** Every clause that opens rests on consent. */
const onConsent = agreement((document) => {
  document.bases.consent = ['CA2004 s10', 'UK GDPR 6(1)(a)'];
  for (const list of ['existence', 'permits', 'releases'])
    for (const clause of document[list]) clause.basis = 'consent';
});
const CONSENTS = [CONSENT_GIVEN, YOUNG_PERSON_CONSENTED];

describe('a lawful basis', () => {
  it.each<[string[] | undefined, boolean]>([
    [['UK GDPR 6(1)(a)'], true],
    [['uk gdpr 6 (1)(a)'], true],
    [['UK GDPR 6(1)(e)', 'UK GDPR 9(2)(a)'], true],
    [['UK GDPR 6(1)(c)', 'UK GDPR 9(2)(g)', 'DPA2018 Sch1 para18'], false],
    [['UK GDPR 16(1)(a)'], false],
    [[], false],
    [undefined, false],
  ])('of %j is consent: %s', (basis, is) => expect(restsOnConsent(basis)).toBe(is));
});

describe('consent', () => {
  it('touches no decision that rests on duty', () =>
    fc.assert(
      fc.property(anyQuestion, fc.subarray(CONSENTS), ([viewer, state, entry], consents) => {
        const known = { ...state, agreements: [onDuty] };
        const withConsent = { ...entry, facts: [...entry.facts, ...consents] };
        expect(decideDisclosure(viewer, known, withConsent)).toEqual(decideDisclosure(viewer, known, entry));
        const service = { ...entry.owner, recordTypes: [entry.type], facts: entry.facts };
        const withFacts = { ...service, facts: withConsent.facts };
        expect(decideExistence(viewer, known, withFacts)).toEqual(decideExistence(viewer, known, service));
      }),
    ));

  it('where it is not known opens nothing that rests on it; where it stands, what duty would', () => {
    let opened = 0;
    fc.assert(
      fc.property(anyQuestion, ([viewer, state, entry]) => {
        const known = { ...state, agreements: [onConsent] };
        expect(decideDisclosure(viewer, known, entry).by).toEqual([]);
        const given = decideDisclosure(viewer, known, { ...entry, facts: [...entry.facts, ...CONSENTS] });
        expect(given).toEqual(decideDisclosure(viewer, { ...state, agreements: [onDuty] }, entry));
        opened += given.by.length;
        const service = { ...entry.owner, recordTypes: [entry.type], facts: entry.facts };
        expect(decideExistence(viewer, known, service).by).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(opened).toBeGreaterThan(0);
  });

  it('of a parent does not count for a service that is guarded, where no clause speaks of the young person', () => {
    const unforbidden = agreement((document) => {
      document.bases.consent = ['UK GDPR 6(1)(a)'];
      for (const clause of document.permits) clause.basis = 'consent';
      document.forbids = [];
    });
    const viewer = {
      staffKey: 'v',
      organisation: 'ods:ZZ2/07',
      organisationKind: 'HEALTH',
      service: 'urgent',
      role: 'x',
    };
    const state = {
      at: Date.UTC(2026, 5, 1),
      purpose: 'DIRECT_CARE',
      relations: ['presenting'] as const,
      agreements: [unforbidden],
      childBirthDate: '2015-03-01',
      facts: [],
    };
    const shown = (consent: string) =>
      decideDisclosure(viewer, state, {
        id: 'entry',
        owner: { organisation: 'ods:ZZ1', service: 'minds' },
        type: 'attendance',
        recordType: 'attendance',
        tier: 'ordinary',
        about: 'child',
        occurred: { from: '2026-05-01', precision: 'day' },
        facts: [consent],
        fields: [],
      }).summary;
    expect([shown(CONSENT_GIVEN), shown(YOUNG_PERSON_CONSENTED)]).toEqual([false, true]);
  });

  it('of a parent does not count for what is a young person’s own', () =>
    fc.assert(
      fc.property(anyQuestion, ([viewer, state, entry]) => {
        const known = { ...state, agreements: [onConsent] };
        const parents = { ...entry, facts: [...entry.facts, CONSENT_GIVEN] };
        if (['minds', 'sexual-health', 'adoption'].includes(entry.owner.service))
          expect(decideDisclosure(viewer, known, parents).by).toEqual([]);
      }),
    ));

  describe('counts whose it is', () => {
    const care = ['council.care'];
    const [unlessAgreed, unlessOther] = [['young-person-agreed'], ['address-protected']];
    const forbid = (id: string, from: string[] | null, unless: string[]) => ({
      id,
      to: ['*'],
      unless,
      ...(from ? { records: { from } } : {}),
    });
    const elsewhere = forbid('elsewhere', ['police.protect'], unlessAgreed);
    const holding = (organisation: string, service: string, forbids: object[]): string[] => {
      const known = agreement((document) => (document.forbids = forbids)).agreement;
      const standings = standingsOf(known, { organisation, service });
      expect(standings).not.toEqual([]);
      const clause = { onConsent: true } as Clause;
      return ['processing-consent', 'young-person-processing-consent'].filter((fact) =>
        consentHolds(known, clause, standings, new Set([fact])),
      );
    };

    it.each<[string, string, string, object[], 'anybody' | 'the young person']>([
      ['an open service', 'la:901', 'care', [], 'anybody'],
      ['a guarded service', 'ods:ZZ1', 'minds', [], 'the young person'],
      ['a hidden service', 'la:901', 'adoption', [], 'the young person'],
      [
        'one left to the young person',
        'la:901',
        'care',
        [elsewhere, forbid('f', care, unlessAgreed)],
        'the young person',
      ],
      ['one beside it', 'la:901', 'door', [forbid('f', care, unlessAgreed)], 'anybody'],
      ['one forbidden for another reason', 'la:901', 'care', [forbid('f', care, unlessOther)], 'anybody'],
      ['one among all that are forbidden', 'la:901', 'care', [forbid('f', null, unlessAgreed)], 'anybody'],
    ])('for %s', (_, organisation, service, forbids, whose) => {
      expect(holding(organisation, service, forbids)).toEqual(
        whose === 'anybody' ? ['processing-consent'] : ['young-person-processing-consent'],
      );
    });

    it('and is not asked of a clause that does not rest on it', () => {
      const { agreement: known } = onDuty;
      const standings = standingsOf(known, { organisation: 'la:901', service: 'adoption' });
      expect(consentHolds(known, { onConsent: false } as Clause, standings, new Set())).toBe(true);
      expect(consentHolds(known, { onConsent: true } as Clause, standings, new Set())).toBe(false);
    });
  });
});
