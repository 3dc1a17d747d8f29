import { decideExistence } from './decide-existence.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';
import type { AdoptedAgreement, InvolvedService, RelationKind, SharingState, Viewer } from './types.js';

const example = (change: (document: any) => void = () => {}): AdoptedAgreement => {
  const document = exampleAgreement();
  change(document);
  const parsed = parseAgreement(document);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  return { agreement: parsed.agreement, adoptions: 'all' };
};

const school: Viewer = {
  staffKey: 'viewer',
  organisation: 'urn:100@la:901',
  organisationKind: 'EDUCATION',
  service: 'dsl',
  role: 'dsl',
};
const care: InvolvedService = { organisation: 'la:901', service: 'care', recordTypes: [], facts: ['open-episode'] };
const asked = (change: Partial<SharingState> = {}): SharingState => ({
  at: Date.parse('2026-06-01T09:00:00Z'),
  purpose: 'SAFEGUARDING',
  relations: ['on-roll'],
  agreements: [example()],
  childBirthDate: '2014-05-02',
  facts: [],
  ...change,
});
const NONE = { shown: false, partyKind: null, desk: null, by: [] };
/** The example with one forbid more. */
const forbidding = (forbid: object): SharingState =>
  asked({ agreements: [example((document) => document.forbids.push({ id: 'more', to: ['*'], ...forbid }))] });

describe('whether a service is shown to be involved', () => {
  it('takes the facts of the service or of the child', () => {
    expect(decideExistence(school, asked(), care).shown).toBe(true);
    expect(decideExistence(school, asked({ facts: ['open-episode'] }), { ...care, facts: [] }).shown).toBe(true);
    expect(decideExistence(school, asked(), { ...care, facts: ['other'] })).toEqual(NONE);
  });

  it('is closed by a forbid of everything of the service, of its party or of all', () => {
    for (const records of [undefined, {}, { from: ['council.care'] }, { from: ['council.*'] }, { from: ['*'] }])
      expect(decideExistence(school, forbidding(records === undefined ? {} : { records }), care)).toEqual(NONE);
    for (const from of [['council.door'], ['school.*', 'health.minds']])
      expect(decideExistence(school, forbidding({ records: { from } }), care).shown).toBe(true);
  });

  it('is not closed by a forbid of some of what it holds', () => {
    for (const some of [
      { fields: ['status'] },
      { records: { types: ['protection-plan'] } },
      { records: { tiers: ['ordinary'] } },
      { records: { about: ['child'] } },
    ])
      expect(decideExistence(school, forbidding(some), care).shown).toBe(true);
  });

  it('is closed by a forbid of any document that acts, whichever opens it', () => {
    const closing = example((document) => {
      document.id = 'closing';
      document.existence = [];
      document.forbids = [{ id: 'all', to: ['*'] }];
    });
    for (const agreements of [
      [example(), closing],
      [closing, example()],
    ])
      expect(decideExistence(school, asked({ agreements }), care)).toEqual(NONE);
  });

  it('takes every fact that its clause asks for, and an age that is certain', () => {
    const both = example((document) => (document.existence[0].while = ['open-episode', 'young-person-agreed']));
    const state = asked({ agreements: [both] });
    expect(decideExistence(school, state, care)).toEqual(NONE);
    expect(decideExistence(school, { ...state, facts: ['young-person-agreed'] }, care).shown).toBe(true);
    expect(decideExistence(school, asked({ childBirthDate: '2008' }), care)).toEqual(NONE);
    expect(decideExistence(school, asked({ childBirthDate: '2009' }), care).shown).toBe(true);
    expect(decideExistence(school, asked({ childBirthDate: null }), care)).toEqual(NONE);
  });

  it('says no desk where the document gives none', () => {
    const parsed = parseAgreement(examplePolicies());
    if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
    const state = asked({ agreements: [{ agreement: parsed.agreement, adoptions: 'all' }] });
    const health = { organisation: 'HEALTH-01', service: 'any', recordTypes: ['health.details'], facts: [] };
    expect(decideExistence(school, state, health)).toMatchObject({ shown: true, partyKind: 'HEALTH', desk: null });
  });

  it('is not closed by a cap', () => {
    const capped = example((document) => document.caps.push({ id: 'more', to: ['*'], max: { content: ['status'] } }));
    expect(decideExistence(school, asked({ agreements: [capped] }), care).shown).toBe(true);
  });

  it('is closed by a forbid only for whom, when and under the relation it names', () => {
    expect(decideExistence(school, forbidding({ to: ['council.door'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ roles: ['caretaker'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ purposes: ['DIRECT_CARE'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ when: ['address-protected'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ when: ['open-episode'] }), care)).toEqual(NONE);
    expect(decideExistence(school, forbidding({ unless: ['open-episode'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ childAge: { min: 13, max: 17 } }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ childAge: { min: 12, max: 17 } }), care)).toEqual(NONE);
    // When nothing says when it occurred, a forbid by that age holds.
    expect(decideExistence(school, forbidding({ childAge: { min: 13, max: 17, at: 'occurred' } }), care)).toEqual(NONE);
    expect(decideExistence(school, forbidding({ relation: ['triage'] }), care).shown).toBe(true);
    expect(decideExistence(school, forbidding({ relation: ['on-roll'] }), care)).toEqual(NONE);
  });

  it('rests on a relation that a clause allows and no forbid closes, one at a time', () => {
    const both = (...relations: RelationKind[]): SharingState => ({
      ...forbidding({ relation: ['on-roll'] }),
      relations,
    });
    expect(decideExistence(school, both('on-roll', 'triage'), care).shown).toBe(true);
    expect(decideExistence(school, both('on-roll', 'presenting'), care)).toEqual(NONE);
    expect(decideExistence(school, asked({ relations: ['presenting', 'on-roll'] }), care).shown).toBe(true);
    expect(decideExistence(school, asked({ relations: ['presenting'] }), care)).toEqual(NONE);
  });

  it('is narrowed by the table of purposes of its document', () => {
    const narrow = example((document) => (document.purposes.SAFEGUARDING.relations = ['triage']));
    expect(decideExistence(school, asked({ agreements: [narrow] }), care)).toEqual(NONE);
    expect(decideExistence(school, asked({ agreements: [narrow], relations: ['triage'] }), care).shown).toBe(true);
  });

  it('may depend on the types of the records held', () => {
    const typed = asked({
      agreements: [example((document) => (document.existence[0].records = { types: ['protection-plan'] }))],
    });
    expect(decideExistence(school, typed, care)).toEqual(NONE);
    expect(decideExistence(school, typed, { ...care, recordTypes: ['notice'] })).toEqual(NONE);
    expect(decideExistence(school, typed, { ...care, recordTypes: ['notice', 'Protection-Plan'] }).shown).toBe(true);
  });

  it('is known to its own people, with a relation and without an agreement', () => {
    const own: Viewer = { ...school, organisation: 'LA:901', organisationKind: 'LOCAL_AUTHORITY', service: 'care' };
    const state = asked({ agreements: [], relations: ['team'] });
    expect(decideExistence(own, state, care)).toEqual({
      shown: true,
      partyKind: 'LOCAL_AUTHORITY',
      desk: null,
      by: [],
    });
    expect(decideExistence(own, { ...state, relations: [] }, care)).toEqual(NONE);
    expect(decideExistence(own, state, care, { baseline: false })).toEqual(NONE);
    expect(decideExistence({ ...own, service: 'door' }, state, care)).toEqual(NONE);
  });

  it('says kind and desk of the first by name where an organisation is several parties', () => {
    const twice = example((document) => {
      document.parties.zone = { kind: 'ALLIANCE', orgs: ['la:901'], desk: 'A desk', services: { care: 'open' } };
      document.existence.push({ ...document.existence[0], id: 'again', of: ['zone.care'] });
    });
    expect(decideExistence(school, asked({ agreements: [twice] }), care)).toEqual({
      shown: true,
      partyKind: 'ALLIANCE',
      desk: 'A desk',
      by: ['again', 'who-helps'],
    });
  });

  it('is nothing of an owner who has not adopted, or is no party', () => {
    const { agreement } = example();
    expect(decideExistence(school, asked({ agreements: [{ agreement, adoptions: [] }] }), care)).toEqual(NONE);
    expect(decideExistence(school, asked(), { ...care, organisation: 'la:902' })).toEqual(NONE);
  });

  describe('by a release', () => {
    const hidden = { organisation: 'ods:ZZ1', service: 'sexual-health', recordTypes: [], facts: [] };
    const door: Viewer = { ...school, organisation: 'la:901', organisationKind: 'LOCAL_AUTHORITY', service: 'door' };
    const release = {
      entryId: 'any',
      owner: { organisation: 'ODS:zz1', service: 'sexual-health' },
      byRole: 'supervisor',
      staffKey: 'viewer',
      from: '2026-05-20',
      until: '2026-09-01',
    };
    const released = (change: object = {}, agreement = example(), service: InvolvedService = hidden) =>
      decideExistence(
        door,
        asked({ relations: ['triage'], agreements: [agreement], releases: [{ ...release, ...change }] }),
        service,
      );

    it('shows even what is hidden, to that person and in its time', () => {
      expect(released()).toEqual({
        shown: true,
        partyKind: 'HEALTH',
        desk: 'Safeguarding nurse 01632 960002',
        by: ['released'],
      });
      expect(released({ staffKey: 'someone' })).toEqual(NONE);
      expect(released({ until: '2026-06-01' })).toEqual(NONE);
      expect(released({ from: '2026-05-01' })).toEqual(NONE);
      expect(released({ byRole: 'clerk' })).toEqual(NONE);
      expect(released({ owner: { organisation: 'ods:ZZ1', service: 'minds' } })).toEqual(NONE);
    });

    it('shows a service that its document lists, and that the clause is for', () => {
      const unlisted = { ...hidden, service: 'dentist' };
      expect(released({ owner: unlisted }, example(), unlisted)).toEqual(NONE);
      const listedOnce = example((document) => {
        document.parties.zone = { kind: 'HEALTH', orgs: ['ods:ZZ1'], desk: 'Zone', services: { other: 'open' } };
      });
      expect(released({}, listedOnce).shown).toBe(true);
      const from = (...references: string[]): AdoptedAgreement =>
        example((document) => (document.releases[0].from = references));
      expect(released({}, from('health.minds'))).toEqual(NONE);
      expect(released({}, from('health.sexual-health')).shown).toBe(true);
      expect(
        released(
          {},
          example((document) => (document.releases[0].to = ['council.care'])),
        ),
      ).toEqual(NONE);
      expect(
        released(
          {},
          example((document) => (document.releases[0].relation = ['on-roll'])),
        ),
      ).toEqual(NONE);
      // How old the child was then, nothing here can say.
      const then = example((document) => (document.releases[0].childAge = { max: 17, at: 'occurred' }));
      expect(released({}, then)).toEqual(NONE);
    });
  });
});
