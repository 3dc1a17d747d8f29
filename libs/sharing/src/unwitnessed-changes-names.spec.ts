import type { AgreementDocument } from './agreement-schema.js';
import { compileAgreement } from './compile-agreement.js';
import { unwitnessedChanges } from './unwitnessed-changes.js';

/** Every kind of clause with every value that can be loosened, and no case at all. */
const document = (change: (document: any) => void = () => {}): any => {
  const found: any = {
    schema: 'agreement/1',
    id: 'a',
    version: '1',
    force: { from: '2026-01-01', until: '2028-01-01' },
    parties: {
      council: {
        kind: 'LOCAL_AUTHORITY',
        orgs: ['C'],
        desk: 'x',
        services: { care: 'open', minds: 'guarded', adoption: 'hidden' },
      },
      school: { kind: 'EDUCATION', orgs: ['urn:*'], desk: 'x', services: { dsl: 'open', nurse: 'open' } },
    },
    purposes: {
      SAFEGUARDING: { relations: ['on-roll', 'team', 'allocated'] },
      DIRECT_CARE: { relations: ['registered'] },
    },
    permits: [
      {
        id: 'p',
        readerText: 'x',
        from: ['council.care'],
        records: { types: ['plan'], about: ['child', 'carer'], tiers: ['special'], lookback: 'P1M' },
        to: ['school.dsl'],
        roles: ['dsl'],
        relation: ['on-roll'],
        purposes: ['SAFEGUARDING'],
        childAge: { min: 5, max: 15 },
        aboutAge: { of: ['carer'], min: 18 },
        when: ['open-episode', 'agreed'],
        unless: ['address-protected'],
        newest: 2,
        show: { content: ['status'] },
      },
      { id: 'q', readerText: 'x', from: ['council.*'], to: ['school.*'], show: { summary: true, location: ['home'] } },
    ],
    existence: [
      { id: 'e', of: ['council.care'], to: ['school.dsl'], relation: ['team'], while: ['open-episode'] },
      { id: 'd', of: ['council.minds'], to: ['*'], when: ['agreed'], while: 'open-episode' },
    ],
    releases: [
      {
        id: 'r',
        by: ['head'],
        to: ['school.dsl'],
        from: ['council.adoption'],
        tiers: ['originator'],
        maxFor: 'P28D',
        show: { summary: true, content: ['facts'] },
      },
    ],
    caps: [
      {
        id: 'c',
        to: ['school.*', 'council.care'],
        roles: ['dsl', 'cook'],
        relation: ['on-roll', 'team'],
        purposes: ['SAFEGUARDING', 'DIRECT_CARE'],
        records: {
          types: ['plan', 'note'],
          about: ['child', 'carer'],
          tiers: ['special', 'ordinary'],
          from: ['council.*', 'school.dsl'],
        },
        childAge: { min: 5, max: 15 },
        when: ['open-episode', 'agreed'],
        unless: ['address-protected'],
        max: { content: ['status'] },
      },
    ],
    forbids: [
      { id: 'f', to: ['school.dsl', 'school.nurse'], fields: ['status', 'home'], childAge: { min: 'unborn' } },
      {
        id: 'g',
        to: ['*'],
        records: { from: ['*'], tiers: ['sealed'] },
        fields: ['status'],
        aboutAge: { of: ['carer'], max: 3 },
        unless: ['agreed'],
      },
    ],
  };
  change(found);
  return found;
};

const found = (json: any): string[] => {
  const compiled = compileAgreement(json);
  if ('refused' in compiled) throw new Error(JSON.stringify(compiled.refused));
  const { unseen, refused } = unwitnessedChanges(json as AgreementDocument, compiled.agreement);
  expect(refused).toEqual([]);
  return unseen.map((one) => `${one.place} ${one.clause} ${one.change}: ${one.unseen.join(', ')}`);
};
describe('what no case would see', () => {
  it('is named change by change, each with its place, where there is no case', () => {
    expect(found(document())).toEqual([
      '$.existence[0] e deleted: deleted',
      '$.existence[0].to e to: to council.minds, to council.adoption, to school.nurse',
      '$.existence[0].of e of: of council.minds, of school.dsl, of school.nurse',
      '$.existence[0].relation e relation: relation allocated, relation on-roll, relation registered',
      '$.existence[0].childAge e childAge: childAge none, childAge max 18',
      '$.existence[0].while e while: while open-episode',
      '$.existence[1] d deleted: deleted',
      '$.existence[1].of d of: of council.care, of school.dsl, of school.nurse',
      '$.existence[1].childAge d childAge: childAge none, childAge max 18',
      '$.existence[1].when d when: when agreed, when open-episode',
      '$.permits[0] p deleted: deleted',
      '$.permits[0].to p to: to council.minds, to council.adoption, to school.nurse',
      '$.permits[0].from p from: from council.minds, from school.dsl, from school.nurse',
      '$.permits[0].roles p roles: roles any, roles cook, roles head',
      '$.permits[0].relation p relation: relation allocated, relation team',
      '$.permits[0].records.types p types: types any, types note',
      '$.permits[0].records.about p about: about sibling, about household-adult, about alleged-perpetrator, about informant',
      '$.permits[0].records.tiers p tiers: tiers contact, tiers ordinary',
      '$.permits[0].childAge p childAge: childAge none, childAge max 16, childAge min 4',
      '$.permits[0].aboutAge p aboutAge: aboutAge none, aboutAge min 17',
      '$.permits[0].when p when: when open-episode, when agreed',
      '$.permits[0].unless p unless: unless address-protected',
      '$.permits[0].show p show: show summary, show content facts, show location home',
      '$.permits[0].records.lookback p lookback: lookback none, lookback a day more',
      '$.permits[0].newest p newest: newest none, newest one more',
      '$.permits[1] q deleted: deleted',
      '$.permits[1].to q to: to council.care, to council.minds, to council.adoption',
      '$.permits[1].from q from: from council.minds, from school.dsl, from school.nurse',
      '$.permits[1].records.about q about: about carer, about sibling, about household-adult, about alleged-perpetrator, about informant',
      '$.permits[1].childAge q childAge: childAge none, childAge max 18',
      '$.permits[1].show q show: show content status, show content facts',
      '$.releases[0] r deleted: deleted',
      '$.releases[0].to r to: to council.care, to council.minds, to school.nurse',
      '$.releases[0].from r from: from council.care, from council.minds, from school.dsl, from school.nurse',
      '$.releases[0].tiers r tiers: tiers contact, tiers ordinary, tiers special',
      '$.releases[0].childAge r childAge: childAge none, childAge max 18',
      '$.releases[0].show r show: show content status, show location home',
      '$.releases[0].maxFor r maxFor: maxFor none, maxFor a day more',
      '$.releases[0].by r by: by cook, by dsl',
      '$.caps[0] c deleted: deleted',
      '$.caps[0].to c to: to without council.care, to without school',
      '$.caps[0].records.from c from: from without school.dsl, from without council',
      '$.caps[0].roles c roles: roles without dsl, roles without cook',
      '$.caps[0].relation c relation: relation without on-roll, relation without team',
      '$.caps[0].purposes c purposes: purposes without safeguarding, purposes without direct_care',
      '$.caps[0].records.types c types: types without plan, types without note',
      '$.caps[0].records.about c about: about without child, about without carer',
      '$.caps[0].records.tiers c tiers: tiers without special, tiers without ordinary',
      '$.caps[0].when c when: when without open-episode, when without agreed',
      '$.caps[0].childAge c childAge: childAge max 14, childAge min 6',
      '$.caps[0].max c max: max summary, max content facts, max location home',
      '$.forbids[0] f deleted: deleted',
      '$.forbids[0].to f to: to without school.dsl, to without school.nurse',
      '$.forbids[0].fields f fields: fields without status, fields without home',
      '$.forbids[1] g deleted: deleted',
      '$.forbids[1].unless g unless: unless open-episode, unless address-protected',
      '$.forbids[1].aboutAge g aboutAge: aboutAge max 2, aboutAge min 1',
      '$.force.from force from: from',
      '$.force.until force until: until',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING triage: SAFEGUARDING triage',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING duty: SAFEGUARDING duty',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING registered: SAFEGUARDING registered',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING presenting: SAFEGUARDING presenting',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING invited: SAFEGUARDING invited',
      '$.purposes.SAFEGUARDING.relations purposes SAFEGUARDING asserted: SAFEGUARDING asserted',
      '$.purposes.DIRECT_CARE.relations purposes DIRECT_CARE presenting: DIRECT_CARE presenting',
      '$.parties.council.services.minds parties council.minds open: council.minds open',
      '$.parties.council.services.adoption parties council.adoption open: council.adoption open',
    ]);
  });
});
