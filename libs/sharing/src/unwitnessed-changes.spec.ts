import { readFileSync } from 'node:fs';
import type { AgreementDocument } from './agreement-schema.js';
import { refusalsOfAdoption } from './check-agreement.js';
import { failingCases } from './check-cases.js';
import { compileAgreement } from './compile-agreement.js';
import { parseAgreement } from './parse-agreement.js';
import { unwitnessedChanges } from './unwitnessed-changes.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';

const partnership = (): any => JSON.parse(readFileSync('deploy/agreements/example-partnership.json', 'utf8'));

/** Two parties and one permit, all of whose values a case needs. */
const small = (): any => ({
  schema: 'agreement/1',
  id: 'small',
  version: '1',
  zone: 'Europe/London',
  parties: {
    council: { kind: 'LOCAL_AUTHORITY', orgs: ['C'], desk: 'Door', services: { care: 'open', door: 'open' } },
    school: { kind: 'EDUCATION', orgs: ['S'], desk: 'Office', services: { dsl: 'open' } },
  },
  purposes: { SAFEGUARDING: { relations: ['on-roll', 'allocated', 'team'] } },
  permits: [
    {
      id: 'plan',
      readerText: 'The council shares plans',
      from: ['council.care'],
      records: { types: ['plan'], lookback: 'P12M' },
      to: ['school.dsl'],
      roles: ['dsl', 'deputy'],
      relation: ['on-roll'],
      purposes: ['SAFEGUARDING'],
      show: { summary: true, content: ['status'] },
    },
  ],
  cases: [
    {
      name: 'A plan shows to the school',
      viewer: { service: 'school.dsl', role: 'dsl', relation: { 'on-roll': [null, null] } },
      purpose: 'SAFEGUARDING',
      born: '2015-06-01',
      entry: { from: 'council.care', type: 'plan', occurred: '2025-02-01', ended: '2026-02-01' },
      expect: [
        { at: '2027-01-31T23:59', by: ['plan'], content: ['status'] },
        { at: '2027-02-01', by: [] },
        {
          at: '2026-06-01',
          instead: {
            viewer: '*',
            role: { except: ['deputy'] },
            relation: '*',
            from: '*',
            type: '*',
            about: '*',
          },
          notBy: ['plan'],
        },
      ],
    },
    {
      name: 'Until the eighteenth birthday',
      viewer: { service: 'school.dsl', role: 'deputy', relation: { 'on-roll': [null, null] } },
      purpose: 'SAFEGUARDING',
      born: '2008-05-05',
      entry: { from: 'council.care', type: 'plan', occurred: '2026-02-01' },
      expect: [
        { at: '2026-05-04T23:59', by: ['plan'], content: ['status'] },
        { at: '2026-05-05', by: [] },
      ],
    },
  ],
});

const unseenIn = (document: any) => {
  const compiled = compileAgreement(document);
  if ('refused' in compiled) throw new Error(JSON.stringify(compiled.refused));
  expect(failingCases(document)).toEqual([]);
  return unwitnessedChanges(document as AgreementDocument, compiled.agreement);
};
const namesIn = (document: any): string[] =>
  unseenIn(document).unseen.flatMap(({ clause, unseen }) => unseen.map((name) => `${clause}: ${name}`));
const changed = (change: (document: any) => void): any => {
  const document = small();
  change(document);
  return document;
};
/** The document without what witnesses something. */
const withoutInstead = (part: string) =>
  changed((d) => {
    delete d.cases[0].expect[2].instead[part];
  });

describe('changes that no case would see', () => {
  it('are none where the cases need every value', () => {
    expect(unseenIn(small())).toEqual({ unseen: [], refused: [] });
  });

  it.each([
    ['viewer', ['plan: to council.door'], '$.permits[0].to'],
    ['role', ['plan: roles any', 'plan: roles another'], '$.permits[0].roles'],
    ['relation', ['plan: relation allocated', 'plan: relation team'], '$.permits[0].relation'],
    ['from', ['plan: from council.door'], '$.permits[0].from'],
    ['type', ['plan: types any', 'plan: types other'], '$.permits[0].records.types'],
    [
      'about',
      ['carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant'].map((one) => `plan: about ${one}`),
      '$.permits[0].records.about',
    ],
  ])('are named where no case asks for another %s', (part, names, place) => {
    const document = withoutInstead(part);
    // Words that the document knows from elsewhere.
    document.caps = [
      { id: 'cap', to: ['*'], roles: ['another'], records: { types: ['other'] }, max: { summary: true } },
    ];
    document.waivers = [{ clause: 'cap', change: 'deleted', reason: 'It is here for its words' }];
    const { unseen } = unseenIn(document);
    expect(
      unseen.filter(({ clause }) => clause === 'plan').flatMap((one) => one.unseen.map((n) => `plan: ${n}`)),
    ).toEqual(names);
    expect(unseen.filter(({ clause }) => clause === 'plan').map((one) => one.place)).toEqual([place]);
  });

  it.each<[string, (d: any) => void, string[]]>([
    ['look-back', (d) => d.cases[0].expect.splice(1, 1), ['plan: lookback none', 'plan: lookback a day more']],
    ['age limit', (d) => d.cases[1].expect.splice(1, 1), ['plan: childAge none', 'plan: childAge max 18']],
    [
      'purpose',
      (d) => (d.purposes.CHILD_PROTECTION = { relations: ['allocated'] }),
      // On roll, nobody may ask for child protection: that is no loosening.
      [],
    ],
    [
      'field',
      (d) =>
        d.permits.push({ ...d.permits[0], id: 'more', to: ['council.door'], show: { content: ['status', 'risk'] } }),
      ['more: deleted'],
    ],
    ['newest', (d) => (d.permits[0].newest = 3), ['plan: newest none', 'plan: newest one more']],
    [
      'condition',
      (d) => {
        d.permits[0].when = ['open-episode'];
        for (const one of d.cases) one.facts = ['open-episode'];
      },
      ['plan: when open-episode'],
    ],
    [
      'restriction',
      (d) => (d.forbids = [{ id: 'no', to: ['*'], fields: ['status'], when: ['address-protected'] }]),
      ['no: deleted'],
    ],
    ['end of its force', (d) => (d.force = { until: '2030-01-01' }), ['force: until']],
  ])('are named where no case needs the %s', (_, change, names) => {
    const found = namesIn(changed(change));
    for (const name of names) expect(found).toContain(name);
    if (names.length === 0) expect(found).toEqual([]);
  });

  it('are the same as those found by editing the document itself', () => {
    const edit = (change: (permit: any) => void): boolean => {
      const document = exampleAgreement() as any;
      change(document.permits[0]);
      return failingCases(document).length === 0;
    };
    const found = namesIn(exampleAgreement());
    const edits: [string, (permit: any) => void][] = [
      ['roles any', (p) => (p.roles = 'any')],
      ['relation triage', (p) => p.relation.push('triage')],
      ['lookback none', (p) => delete p.records.lookback],
      ['types any', (p) => (p.records.types = 'any')],
      ['about sibling', (p) => p.records.about.push('sibling')],
      ['about carer', (p) => p.records.about.push('carer')],
      ['to council.door', (p) => p.to.push('council.door')],
      ['from police.protect', (p) => p.from.push('police.protect')],
      ['childAge none', (p) => (p.childAge = { min: 'unborn', max: 150 })],
      ['show content facts', (p) => p.show.content.push('facts')],
    ];
    expect(edits.map(([name, change]) => [name, edit(change)])).toEqual(
      edits.map(([name]) => [name, found.includes(`plan-to-school: ${name}`)]),
    );
    expect(edits.some(([, change]) => edit(change))).toBe(true);
    expect(edits.some(([, change]) => !edit(change))).toBe(true);
  });
});

describe('a waiver', () => {
  const waived = (clause: string, change: string) => ({
    ...withoutInstead('relation'),
    waivers: [{ clause, change, reason: 'Both work with the school' }],
  });

  it('waives one change by name, or all of a value', () => {
    expect(namesIn(waived('plan', 'relation'))).toEqual([]);
    expect(namesIn(waived('plan', 'relation team'))).toEqual(['plan: relation allocated']);
  });

  it('is refused where it waives nothing', () => {
    expect(unseenIn(waived('plan', 'roles')).refused).toEqual([
      { place: '$.waivers[0]', reason: 'waives nothing that the cases do not see' },
    ]);
    expect(compileAgreement(waived('nobody', 'roles'))).toMatchObject({ refused: [{ place: '$.waivers[0].clause' }] });
  });
});

describe('what refuses an adoption', () => {
  const refusals = (json: any) => {
    const parsed = parseAgreement(json);
    if ('refused' in parsed) throw new Error('does not parse');
    return refusalsOfAdoption(json, parsed.agreement, parsed.imported);
  };

  it('is nothing for a document that is witnessed', () => {
    expect(refusals(small())).toEqual([]);
  });

  it('is the case that fails, before anything else', () => {
    const document = changed((d) => (d.permits[0].records.lookback = 'P13M'));
    expect(refusals(document).map(({ place }) => place)).toEqual(['$.cases[0].expect[1]']);
  });

  it('is a value that can be loosened, with the name by which it can be waived', () => {
    expect(refusals(withoutInstead('relation'))).toEqual([
      {
        place: '$.permits[0].relation',
        reason:
          'can be loosened and no case fails: relation allocated, relation team; waived by name as clause plan, change relation',
      },
    ]);
  });

  it('is a condition on a hidden fact', () => {
    const document = changed((d) => {
      d.permits[0].when = ['young-person-agreed'];
      for (const one of d.cases) one.facts = ['young-person-agreed'];
      d.cases.push({ ...d.cases[0], facts: [], expect: [{ at: '2026-06-01', by: [] }] });
    });
    expect(refusals(document)).toEqual([
      { place: '$.permits[0].when[0]', reason: 'is a fact that whoever is shown this may not see' },
    ]);
  });

  it('is nothing of a policy whose generated cases hold', () => {
    const { organisations } = examplePolicies();
    expect(refusals(organisations[0])).toEqual([]);
  });
});

describe('the agreement of the example partnership', () => {
  it('fails a case of its own whenever somebody edits it to show more, or deletes a clause', () => {
    const edits: [string, (permit: any, document: any) => void][] = [
      ['deleted', (p, d) => d.permits.splice(d.permits.indexOf(p), 1)],
      ['another role', (p) => p.roles.push('caretaker')],
      ['any role', (p) => (p.roles = 'any')],
      ['another type', (p) => p.records.types.push('death')],
      ['about a sibling', (p) => p.records.about.push('sibling')],
      ['another reader', (p) => p.to.push('police.intelligence')],
      ['another owner', (p) => p.from.push('health.camhs')],
      ['no end of childhood', (p) => (p.childAge = { min: 'unborn', max: 150 })],
      ['a longer look-back', (p) => (p.records.lookback = p.records.lookback ? 'P10Y' : undefined)],
      ['more fields', (p) => (p.show.content = [...(p.show.content ?? []), 'sanitised-text'])],
    ];
    partnership().permits.forEach((_: unknown, index: number) => {
      for (const [what, edit] of edits.filter((__, nth) => (nth + index) % 3 === 0)) {
        const document = partnership();
        const permit = document.permits[index];
        const before = JSON.stringify(permit);
        const kept = document.permits.length;
        edit(permit, document);
        if (document.permits.length === kept && JSON.stringify(permit) === before) continue;
        if (permit.from[0] === 'health.camhs' && what === 'another owner') continue;
        expect([permit.id, what, failingCases(document).length > 0]).toEqual([permit.id, what, true]);
      }
    });
  });

  it('is witnessed throughout, without a waiver, in a second or two of computing', () => {
    const document = partnership();
    expect(document.waivers).toBeUndefined();
    const started = process.cpuUsage();
    expect(unseenIn(document)).toEqual({ unseen: [], refused: [] });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
