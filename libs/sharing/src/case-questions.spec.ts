import type { AgreementDocument } from './agreement-schema.js';
import { fieldsNamedBy, questionsOf, wordsOf, type CaseQuestion } from './case-questions.js';
import { failingCases } from './check-cases.js';
import { compileAgreement } from './compile-agreement.js';

const ALWAYS = [null, null];

const document = (change: (document: any) => void = () => {}): any => {
  const found: any = {
    schema: 'agreement/1',
    id: 'small',
    version: '1',
    zone: 'Europe/London',
    parties: {
      council: { kind: 'LOCAL_AUTHORITY', orgs: ['la:9*'], desk: 'Door', services: { care: 'open', door: 'open' } },
      school: { kind: 'EDUCATION', orgs: ['urn:1', 'urn:*@la:9*'], desk: 'Office', services: { dsl: 'open' } },
    },
    permits: [
      {
        id: 'plan',
        readerText: 'Told',
        from: ['council.care'],
        to: ['school.dsl'],
        roles: ['dsl', 'deputy'],
        records: { types: ['plan'] },
        show: { summary: true, content: ['status'], location: ['home'] },
      },
    ],
    existence: [{ id: 'helps', of: ['council.care'], to: ['school.dsl'] }],
    releases: [{ id: 'let', by: ['head', 'chief'], to: ['school.dsl'], show: { content: ['facts'] } }],
    cases: [
      {
        name: 'A plan',
        viewer: { service: 'school.dsl', role: 'dsl', relation: { 'on-roll': ALWAYS } },
        purpose: 'SAFEGUARDING',
        born: '2015-06-01',
        entry: { from: 'council.care', type: 'plan' },
        expect: [{ at: '2026-03-01T09:00', by: ['plan'], content: ['status'], location: ['home'] }],
      },
    ],
  };
  change(found);
  return found;
};
/** The document with one case that expects this alone. */
const expecting = (expected: object, change: (one: any) => void = () => {}): any =>
  document((d) => {
    d.cases[0].expect = [{ at: '2026-03-01T09:00', ...expected }];
    change(d.cases[0]);
  });
const questionsIn = (json: any): readonly CaseQuestion[] => {
  const compiled = compileAgreement(json);
  if ('refused' in compiled) throw new Error(JSON.stringify(compiled.refused));
  return questionsOf(json as AgreementDocument, compiled.agreement)!;
};
const only = (json: any): CaseQuestion => {
  const [question, ...more] = questionsIn(json);
  expect(more).toEqual([]);
  return question!;
};

describe('a case that does not hold', () => {
  const reasons = (json: unknown): string[] => failingCases(json).map(({ place, reason }) => `${place} ${reason}`);

  it('is none to begin with', () => {
    expect(reasons(document())).toEqual([]);
  });

  const shown = { by: ['plan'], content: ['status'], location: ['home'] };
  it.each<[string, object]>([
    ['the time of the case cannot be read', { at: 'one day', by: [] }],
    ['other clauses tell of the service', { existence: [] }],
    ['the clause tells of the service', { notBy: ['helps'] }],
    ['the clause tells of the service', { notBy: ['plan', 'helps'] }],
    ['the clause decides', { notBy: ['plan'] }],
    ['the clause decides', { notBy: ['let', 'plan'] }],
    ['other clauses decide', { by: [] }],
    ['other clauses decide', { by: ['let', 'plan'] }],
    ['the summary differs', { ...shown, summary: false }],
    ['other content shows', { ...shown, content: ['status', 'risk'] }],
    ['other content shows', { by: ['plan'], location: ['home'] }],
    ['another location shows', { by: ['plan'], content: ['status'] }],
    ['another number of entries shows', { ...shown, upTo: 3 }],
  ])('says that %s: %j', (reason, expected) => {
    expect(reasons(expecting(expected))).toEqual([`$.cases[0].expect[0] ${reason}`]);
  });

  it.each<[string, object]>([
    ['what tells of the service', { existence: ['helps'] }],
    ['what decides, whatever tells of the service', shown],
    ['what decides, in any order and twice', { ...shown, by: ['plan', 'plan'], content: ['status', 'status'] }],
    ['the summary', { ...shown, summary: true }],
    ['what does not decide', { notBy: ['let'] }],
    ['both', { ...shown, existence: ['helps'] }],
  ])('is none where it expects %s', (_, expected) => {
    expect(reasons(expecting(expected))).toEqual([]);
  });

  it('is none where a release tells of its service, and shows nothing of that record', () => {
    const json = expecting({ release: ['2026-01-01', '2026-04-01'], notBy: ['helps', 'let'] });
    json.existence[0].roles = ['nobody'];
    expect(reasons(json)).toEqual([]);
  });

  it('says how many of the newest show, the widest of its clauses', () => {
    const newest = (first: number | undefined, second: number | undefined, upTo: number) =>
      reasons(
        document((d) => {
          d.permits[0].newest = first;
          d.permits.push({ ...d.permits[0], id: 'more', newest: second });
          d.cases[0].expect[0] = { at: '2026-03-01', ...shown, by: ['more', 'plan'], upTo };
          for (const permit of d.permits) if (permit.newest === undefined) delete permit.newest;
        }),
      ).length === 0;
    expect([newest(2, 5, 5), newest(5, 2, 5), newest(2, 5, 2), newest(2, undefined, 2)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(reasons(expecting({ by: [], upTo: 1 }, (one) => (one.purpose = 'DIRECT_CARE')))).toEqual([
      '$.cases[0].expect[0] another number of entries shows',
    ]);
  });

  it('names what it put in place of its own', () => {
    expect(reasons(expecting({ notBy: ['plan'], instead: { role: ['deputy', 'cook'], type: ['plan'] } }))).toEqual([
      '$.cases[0].expect[0] the clause decides, with role deputy',
      '$.cases[0].expect[0] the clause decides, with type plan',
    ]);
  });

  it('is not looked for where there are too many', () => {
    const instead = { type: Array.from({ length: 10_000 }, (_, index) => `type-${index}`) };
    const many = (extra: number) =>
      document((d) => {
        const one = { at: '2026-03-01', notBy: ['let'], instead };
        d.cases[0].expect = [one, one, ...Array.from({ length: extra }, () => ({ at: '2026-03-01', notBy: ['let'] }))];
      });
    expect(failingCases(many(1))).toEqual([{ place: '$.cases', reason: 'are more than can be checked' }]);
    expect(questionsIn(many(0))).toHaveLength(20_000);
  });
});

describe('what a case asks', () => {
  it('is what it says, at its own time, by the people of its services', () => {
    const asked = only(
      document((d) => {
        Object.assign(d.cases[0], { aboutBorn: '1990', facts: ['one'] });
        d.cases[0].entry = {
          from: 'council.care',
          type: 'plan',
          tier: 'special',
          about: 'carer',
          occurred: '2026-02-01',
          ended: '2026-02-20',
        };
        d.cases[0].expect[0] = { at: '2026-06-01T09:00', facts: ['two'], by: [] };
      }),
    );
    const owner = { organisation: 'la:9case', service: 'care' };
    expect(asked).toEqual({
      place: '$.cases[0].expect[0]',
      variant: '',
      seat: 'school.dsl',
      source: 'council.care',
      viewer: {
        staffKey: expect.any(String),
        organisation: 'urn:1',
        service: 'dsl',
        organisationKind: 'EDUCATION',
        role: 'dsl',
      },
      state: {
        at: Date.parse('2026-06-01T08:00:00Z'),
        purpose: 'SAFEGUARDING',
        relations: ['on-roll'],
        childBirthDate: '2015-06-01',
        aboutBirthDate: '1990',
        facts: ['one', 'two'],
        releases: [],
      },
      entry: {
        id: expect.any(String),
        owner,
        type: 'plan',
        recordType: 'plan',
        tier: 'special',
        about: 'carer',
        occurred: { from: '2026-02-01', precision: 'exact' },
        ended: '2026-02-20',
        facts: [],
        fields: [
          { name: 'status', part: 'content', about: 'carer' },
          { name: 'facts', part: 'content', about: 'carer' },
          { name: 'home', part: 'location', about: 'carer' },
        ],
      },
      service: { ...owner, recordTypes: ['plan'], facts: ['one', 'two'] },
      expected: { at: '2026-06-01T09:00', facts: ['two'], by: [] },
      asks: { existence: false, disclosure: true },
    });
  });

  it('is of an ordinary record of the child, by nobody in particular, where it says no more', () => {
    const asked = only(
      document((d) => {
        d.cases[0].viewer = { service: 'school.dsl' };
        delete d.cases[0].born;
      }),
    );
    expect(asked.viewer.role).toBe('');
    expect(asked.state).toMatchObject({ relations: [], childBirthDate: null, aboutBirthDate: null, facts: [] });
    expect(asked.entry).toMatchObject({ tier: 'ordinary', about: 'child', occurred: { precision: 'unknown' } });
    expect(asked.entry).not.toHaveProperty('ended');
  });

  it('is with what an expectation sets in place of the case', () => {
    const asked = only(
      expecting({ purpose: 'DIRECT_CARE', set: { from: 'council.door', type: 'note', tier: 'sealed' }, by: [] }),
    );
    expect(asked).toMatchObject({
      source: 'council.door',
      state: { purpose: 'DIRECT_CARE' },
      entry: { owner: { service: 'door' }, type: 'note', recordType: 'note', tier: 'sealed', about: 'child' },
      service: { service: 'door', recordTypes: ['note'] },
    });
  });

  it.each<[string, string, string, string]>([
    ['another party', 'school.dsl', 'council.care', 'urn:1'],
    ['another service', 'council.door', 'council.care', 'la:9case'],
    ['the same service, so of another organisation', 'council.care', 'council.care', 'la:9other'],
    ['the same service of a party of several', 'school.dsl', 'school.dsl', 'urn:other@la:9other'],
  ])('is of somebody from %s', (_, service, from, organisation) => {
    const { viewer, entry } = only(expecting({ by: [], set: { from } }, (one) => (one.viewer.service = service)));
    expect(viewer.organisation).toBe(organisation);
    expect(entry.owner.organisation).toBe(from === 'school.dsl' ? 'urn:1' : 'la:9case');
  });

  it('is nothing where there is no case', () => {
    expect(questionsIn(document((d) => delete d.cases))).toEqual([]);
  });

  it('is of nobody where the service is none', () => {
    const { viewer, entry } = only(expecting({ by: [] }, (one) => (one.viewer.service = 'nobody.here')));
    expect(viewer).toMatchObject({ organisation: '', service: 'here', organisationKind: '' });
    expect(entry.owner).toEqual({ organisation: 'la:9case', service: 'care' });
  });

  it.each<[string, unknown[], boolean]>([
    ['always', [null, null], true],
    ['from that very moment', ['2026-03-01T09:00', null], true],
    ['only later', ['2026-03-01T09:01', null], false],
    ['until then', [null, '2026-03-01T09:00'], false],
    ['a minute longer', [null, '2026-03-01T09:01'], true],
    ['since nobody knows when', ['once', null], false],
    ['until nobody knows when', [null, 'later'], false],
  ])('is under a relation that holds %s', (_, window, holds) => {
    const relation = { team: window, 'on-roll': ALWAYS };
    const { relations } = only(expecting({ by: [] }, (one) => (one.viewer.relation = relation))).state;
    expect(relations).toEqual(holds ? ['team', 'on-roll'] : ['on-roll']);
  });

  it('is under a release of that entry, by the first who may, or by whom it names', () => {
    const release = ['2026-01-01', '2026-04-01'];
    const { state, entry, viewer } = only(expecting({ release, by: [] }));
    expect(state.releases).toEqual([
      {
        entryId: entry.id,
        owner: entry.owner,
        byRole: 'head',
        staffKey: viewer.staffKey,
        from: '2026-01-01',
        until: '2026-04-01',
      },
    ]);
    expect(
      only(expecting({ release, releasedBy: 'cook', by: [] })).state.releases?.map(({ byRole }) => byRole),
    ).toEqual(['cook']);
    const none = expecting({ release, by: [] });
    delete none.releases;
    expect(only(none).state.releases).toEqual([]);
  });

  it.each<[object, object]>([
    [{ by: [] }, { existence: false, disclosure: true }],
    [{ existence: [] }, { existence: true, disclosure: false }],
    [{ notBy: ['helps'] }, { existence: true, disclosure: false }],
    [{ notBy: ['plan'] }, { existence: false, disclosure: true }],
    [{ notBy: ['plan', 'helps'] }, { existence: true, disclosure: true }],
    [
      { by: [], existence: [] },
      { existence: true, disclosure: true },
    ],
  ])('is only what it takes: %j', (expected, asks) => {
    expect(only(expecting(expected)).asks).toEqual(asks);
  });
});

describe('what a case puts in place of its own', () => {
  const variants = (instead: object, expected: object = {}, change: (d: any) => void = () => {}): string[] => {
    const json = expecting({ notBy: ['let'], instead, ...expected });
    change(json);
    return questionsIn(json).map(({ variant }) => variant);
  };
  const others = (part: string, ...rest: [object?, ((d: any) => void)?]): string[] =>
    variants({ [part]: '*' }, ...rest).map((variant) => variant.replace(`${part} `, ''));

  it('is what it names, one after the other', () => {
    expect(variants({ type: ['b', 'a'], role: ['cook'] })).toEqual(['type b', 'type a', 'role cook']);
  });

  it('is every other value that the document or the hub knows', () => {
    expect(others('viewer')).toEqual(['council.care', 'council.door']);
    expect(others('from')).toEqual(['council.door', 'school.dsl']);
    expect(others('role')).toEqual(['chief', 'deputy', 'head', 'another-role']);
    expect(others('releasedBy')).toEqual(['deputy', 'dsl', 'another-role']);
    expect(others('relation')).toEqual([
      'allocated',
      'team',
      'triage',
      'duty',
      'registered',
      'presenting',
      'invited',
      'asserted',
      'emergency',
    ]);
    expect(others('purpose')).toEqual(['CHILD_PROTECTION', 'DIRECT_CARE', 'EMERGENCY']);
    expect(others('type')).toEqual(['another-type']);
    expect(others('tier')).toEqual(['contact', 'special', 'originator', 'sealed']);
    expect(others('about')).toEqual(['carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant']);
  });

  it('leaves out what the expectation sets, and what it excepts', () => {
    const set = { type: 'note', tier: 'special', about: 'carer', from: 'council.door' };
    expect(others('type', { set })).toEqual(['plan', 'another-type']);
    expect(others('tier', { set })).toEqual(['contact', 'ordinary', 'originator', 'sealed']);
    expect(others('about', { set })).not.toContain('carer');
    expect(others('from', { set })).toEqual(['council.care', 'school.dsl']);
    expect(others('purpose', { purpose: 'EMERGENCY' })).toEqual(['CHILD_PROTECTION', 'DIRECT_CARE', 'SAFEGUARDING']);
    expect(others('releasedBy', { releasedBy: 'head' })).toEqual(['chief', 'deputy', 'dsl', 'another-role']);
    expect(variants({ tier: { except: ['sealed', 'contact'] } })).toEqual(['tier special', 'tier originator']);
    const nobody = (d: any) => (d.cases[0].viewer = { service: 'school.dsl' });
    expect(others('role', {}, nobody)).toEqual(['chief', 'deputy', 'dsl', 'head', 'another-role']);
    expect(others('relation', {}, nobody)).toHaveLength(10);
  });

  it.each<[string, string, (question: CaseQuestion) => unknown]>([
    ['viewer', 'council.door', ({ seat }) => seat],
    ['role', 'cook', ({ viewer }) => viewer.role],
    ['relation', 'team', ({ state }) => state.relations.join()],
    ['purpose', 'EMERGENCY', ({ state }) => state.purpose],
    ['releasedBy', 'cook', ({ state }) => state.releases?.[0]?.byRole],
    ['from', 'council.door', ({ source }) => source],
    ['type', 'note', ({ entry }) => entry.type],
    ['tier', 'special', ({ entry }) => entry.tier],
    ['about', 'sibling', ({ entry }) => entry.about],
  ])('stands where the case had its %s', (part, value, read) => {
    const release = ['2026-01-01', '2026-04-01'];
    const [changed] = questionsIn(
      expecting({ notBy: ['plan'], release, set: { ended: '2026-02-01' }, instead: { [part]: [value] } }),
    );
    expect(read(changed!)).toBe(value);
    expect(read(only(expecting({ notBy: ['plan'], release })))).not.toBe(value);
    expect(changed!.entry).toHaveProperty('ended', '2026-02-01');
    expect(changed!.variant).toBe(`${part} ${value}`);
  });
});

describe('the words of a document', () => {
  it('are those of all its clauses and cases, sorted, each once', () => {
    const words = wordsOf(
      document((d) => {
        d.permits.push({ ...d.permits[0], id: 'any', roles: 'any', purposes: ['X'], records: { types: 'any' } });
        d.existence[0].records = { types: ['visit'] };
        d.releases[0].roles = ['nurse'];
        d.caps = [
          {
            id: 'c',
            to: ['*'],
            roles: ['cook'],
            records: { types: ['cap-type'] },
            purposes: ['Y'],
            max: { summary: true },
          },
        ];
        d.forbids = [{ id: 'f', to: ['*'], roles: ['clerk'], records: { types: ['forbid-type'] } }];
        d.cases[0].expect.push({ at: '2026-03-01', set: { type: 'set-type' }, by: [] });
      }),
    );
    expect(words).toEqual({
      services: ['council.care', 'council.door', 'school.dsl'],
      roles: ['chief', 'clerk', 'cook', 'deputy', 'dsl', 'head', 'nurse'],
      types: ['cap-type', 'forbid-type', 'plan', 'set-type', 'visit'],
      purposes: ['CHILD_PROTECTION', 'DIRECT_CARE', 'EMERGENCY', 'SAFEGUARDING', 'X', 'Y'],
    });
  });

  it('are its own purposes where it has a table, and few where it is empty', () => {
    const purposes = { B: { relations: ['team'] }, A: { relations: ['team'] } };
    expect(wordsOf(document((d) => (d.purposes = purposes))).purposes).toEqual(['B', 'A']);
    const { parties } = document();
    expect(wordsOf({ parties } as AgreementDocument)).toMatchObject({ roles: [], types: [] });
  });

  it('are its fields, each once, for content and location', () => {
    const compiled = compileAgreement(document());
    const agreement = 'agreement' in compiled ? compiled.agreement : null!;
    expect(fieldsNamedBy([agreement, agreement], 'sibling')).toEqual([
      { name: 'status', part: 'content', about: 'sibling' },
      { name: 'facts', part: 'content', about: 'sibling' },
      { name: 'home', part: 'location', about: 'sibling' },
    ]);
  });
});
