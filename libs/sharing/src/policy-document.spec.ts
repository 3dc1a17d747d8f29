import { cellsOf } from './policy-cells.js';
import { readPolicies, type PolicyOrganisation } from './policy-document.js';
import { verdictCases } from './policy-verdicts.js';

const rule = (change: object = {}): any => ({
  effect: 'allow',
  modes: ['EXISTENCE', 'CONTENT'],
  recordTypes: ['Tenancy'],
  purposes: ['SAFEGUARDING'],
  destOrgTypes: ['HEALTH'],
  ...change,
});
const policy = (change: object = {}, defaults: unknown[] = [rule()], exceptions: unknown[] = []): any => ({
  orgId: 'HOMES-1',
  orgName: 'First Homes',
  orgType: 'HOUSING',
  recordTypes: ['Tenancy'],
  dsaPolicy: { version: 'v2', defaults, exceptions },
  ...change,
});
const read = (json: Record<string, unknown>): readonly PolicyOrganisation[] => {
  const found = readPolicies(json);
  if ('refused' in found) throw new Error(JSON.stringify(found.refused));
  return found.organisations;
};
const one = (json: Record<string, unknown>): PolicyOrganisation => read(json)[0]!;
const refusals = (json: Record<string, unknown>): string[] => {
  const found = readPolicies(json);
  return 'refused' in found ? found.refused.map(({ place, reason }) => `${place} ${reason}`) : [];
};
const DAY_ONE = '2025-01-01T00:00:00Z';
const start = Date.parse(DAY_ONE);

describe('a policy as written', () => {
  it('is read with its exceptions before its defaults, and its codes as they are spelt', () => {
    const exception = rule({
      effect: 'DENY',
      modes: ['content'],
      destOrgIds: ['Health-9'],
      destOrgTypes: null,
      validFrom: DAY_ONE,
      validUntil: '2025-01-01T00:00:00.999Z',
      reason: 'a trial',
    });
    expect(one(policy({}, [rule()], [rule({ recordTypes: null }), exception]))).toEqual({
      id: 'HOMES-1',
      name: 'First Homes',
      kind: 'HOUSING',
      version: 'v2',
      recordTypes: ['Tenancy'],
      rules: [
        expect.objectContaining({ list: 'exceptions', index: 0, recordTypes: [] }),
        {
          list: 'exceptions',
          index: 1,
          effect: 'deny',
          modes: ['CONTENT'],
          recordTypes: ['Tenancy'],
          purposes: ['SAFEGUARDING'],
          destOrgIds: ['Health-9'],
          destOrgTypes: [],
          valid: { from: start, until: start + 1000 },
          reason: 'a trial',
        },
        {
          list: 'defaults',
          index: 0,
          effect: 'allow',
          modes: ['EXISTENCE', 'CONTENT'],
          recordTypes: ['Tenancy'],
          purposes: ['SAFEGUARDING'],
          destOrgIds: [],
          destOrgTypes: ['HEALTH'],
          valid: { from: -Infinity, until: Infinity },
          reason: null,
        },
      ],
    });
  });

  it('is of an organisation that says no more than its id', () => {
    const nothing = { id: 'X', name: 'X', kind: null, version: null, recordTypes: [], rules: [] };
    expect(one({ orgId: 'X' })).toEqual(nothing);
    expect(one({ orgId: 'X', orgName: null, orgType: null, recordTypes: null, dsaPolicy: null })).toEqual(nothing);
    const inherited = Object.create({ orgType: 'HOUSING' }) as Record<string, unknown>;
    expect(one(Object.assign(inherited, { orgId: 'X' })).kind).toBeNull();
  });

  it('begins at the next millisecond where it says more digits, and ends with the one that it says', () => {
    const valid = (change: object) => one(policy({}, [rule(change)])).rules[0]?.valid;
    expect(valid({ validFrom: '2025-01-01T00:00:00.0001Z' })).toEqual({ from: start + 1, until: Infinity });
    expect(valid({ validUntil: '2025-01-01T00:00:00.0001Z' })).toEqual({ from: -Infinity, until: start + 1 });
    expect(valid({ validFrom: DAY_ONE, validUntil: DAY_ONE })).toEqual({ from: start, until: start + 1 });
  });
});

describe('what is wrong with a policy', () => {
  const R = '$.dsaPolicy.defaults[0]';
  it.each<[string, Record<string, unknown>, string[]]>([
    ['no id', policy({ orgId: undefined }), ['$.orgId must be a text']],
    ['an empty id', policy({ orgId: '' }), ['$.orgId must not be empty']],
    ['a star in an id', policy({ orgId: 'a*' }), ['$.orgId must not hold * / : or @']],
    ['a name', policy({ orgName: 7 }), ['$.orgName must be a text']],
    ['a kind', policy({ orgType: 7 }), ['$.orgType must be a text']],
    ['its record types', policy({ recordTypes: {} }), ['$.recordTypes must be a list']],
    ['a record type', policy({ recordTypes: ['x', ''] }), ['$.recordTypes[1] must not be empty']],
    ['its policy', policy({ dsaPolicy: 'none' }), ['$.dsaPolicy must be an object']],
    ['its version', policy({ dsaPolicy: { version: 2 } }), ['$.dsaPolicy.version must be a text']],
    ['its rules', policy({ dsaPolicy: { defaults: {} } }), ['$.dsaPolicy.defaults must be a list']],
    ['its exceptions', policy({ dsaPolicy: { exceptions: 1 } }), ['$.dsaPolicy.exceptions must be a list']],
    ['a rule', policy({}, ['deny']), [`${R} must be an object`]],
    ['a list for a rule', policy({}, [[]]), [`${R} must be an object`]],
    ['an exception', policy({}, [], [null]), ['$.dsaPolicy.exceptions[0] must be an object']],
    ['an effect', policy({}, [rule({ effect: 'maybe' })]), [`${R}.effect must be allow or deny`]],
    ['no effect', policy({}, [rule({ effect: null })]), [`${R}.effect must be allow or deny`]],
    [
      'an effect that is no text',
      policy({}, [rule({ effect: true })]),
      [`${R}.effect must be a text`, `${R}.effect must be allow or deny`],
    ],
    ['a mode', policy({}, [rule({ modes: ['CONTENT', 'X'] })]), [`${R}.modes[1] must be EXISTENCE or CONTENT`]],
    ['an empty mode', policy({}, [rule({ modes: [''] })]), [`${R}.modes[0] must not be empty`]],
    ['a purpose', policy({}, [rule({ purposes: ['a/b'] })]), [`${R}.purposes[0] must not hold * / : or @`]],
    ['a beginning', policy({}, [rule({ validFrom: '2025' })]), [`${R}.validFrom must be an instant with an offset`]],
    ['an end', policy({}, [rule({ validUntil: '2025' })]), [`${R}.validUntil must be an instant with an offset`]],
    [
      'an end before the beginning',
      policy({}, [rule({ validFrom: DAY_ONE, validUntil: '2024-12-31T23:59:59.999Z' })]),
      [`${R}.validUntil ends before it starts`],
    ],
    ['a reason', policy({}, [rule({ reason: 7 })]), [`${R}.reason must be a text`]],
    ...[
      'Effect',
      'MODES',
      'recordtypes',
      'Purposes',
      'destOrgIDs',
      'destorgtypes',
      'validfrom',
      'VALIDUNTIL',
      'Reason',
    ].map((name): [string, Record<string, unknown>, string[]] => [
      name,
      policy({}, [rule({ [name]: [] })]),
      [`${R}.${name} is not how this field is spelt`],
    ]),
    ['organisations', { organisations: {} }, ['$.organisations must be a list']],
    ['an organisation', { organisations: [policy(), 7] }, ['$.organisations[1] must be an object']],
    [
      'one organisation twice',
      { organisations: [policy(), policy({ orgId: 'homes-1' })] },
      ['$.organisations[1].orgId is the id of another organisation'],
    ],
    [
      'organisations without ids',
      { organisations: [policy({ orgId: '' }), policy({ orgId: '' })] },
      ['$.organisations[0].orgId must not be empty', '$.organisations[1].orgId must not be empty'],
    ],
  ])('is said of %s', (_, json, expected) => {
    expect(refusals(json)).toEqual(expected);
  });

  it('is not a field that decides nothing', () => {
    expect(refusals(policy({ connection: {} }, [rule({ comment: 'x' })]))).toEqual([]);
  });
});

describe('the verdicts of a policy', () => {
  const verdicts = (defaults: object[], exceptions: object[] = []) =>
    verdictCases(one(policy({}, defaults, exceptions))).map(({ at, mode, destOrg, destOrgType, decision }) =>
      [at, mode, destOrg, destOrgType, decision].join(' '),
    );

  it('are one of each mode for a rule that always holds', () => {
    expect(verdicts([rule()])).toEqual([
      '2000-01-01T00:00:00.000Z EXISTENCE  HEALTH allow',
      '2000-01-01T00:00:00.000Z CONTENT  HEALTH allow',
    ]);
    expect(verdictCases(one(policy({}, [rule({ modes: ['CONTENT'] })])))).toEqual([
      {
        at: '2000-01-01T00:00:00.000Z',
        sourceOrg: 'HOMES-1',
        destOrg: '',
        destOrgType: 'HEALTH',
        purpose: 'SAFEGUARDING',
        recordType: 'Tenancy',
        mode: 'CONTENT',
        decision: 'allow',
      },
    ]);
  });

  it('are those on both sides of both ends of a rule that does not', () => {
    const validFrom = DAY_ONE;
    const content = { modes: ['CONTENT'] };
    expect(verdicts([rule({ ...content, validFrom })])).toEqual([
      '2024-12-31T23:59:59.999Z CONTENT  HEALTH deny',
      '2025-01-01T00:00:00.000Z CONTENT  HEALTH allow',
    ]);
    expect(verdicts([rule({ ...content, validUntil: DAY_ONE })])).toEqual([
      '2025-01-01T00:00:00.000Z CONTENT  HEALTH allow',
      '2025-01-01T00:00:00.001Z CONTENT  HEALTH deny',
    ]);
    // What four digits of a year cannot write is left out.
    expect(verdicts([rule({ ...content, validUntil: '9999-12-31T23:59:59.999Z' })])).toEqual([
      '9999-12-31T23:59:59.999Z CONTENT  HEALTH allow',
    ]);
  });

  it('are of the first organisation that a rule names, without asking for its kind', () => {
    const named = rule({ modes: ['CONTENT'], destOrgIds: ['Health-9', 'Health-8'] });
    expect(verdicts([named])).toEqual(['2000-01-01T00:00:00.000Z CONTENT Health-9  allow']);
    expect(verdicts([rule({ modes: ['CONTENT'], destOrgTypes: [] })])).toEqual([
      '2000-01-01T00:00:00.000Z CONTENT   deny',
    ]);
  });

  it('are those of the first rule that matches, whichever asks', () => {
    const change = { modes: ['CONTENT'] };
    const decisions = (exception: object) =>
      verdicts([rule(change)], [rule({ ...change, effect: 'deny', ...exception })]).map((text) =>
        text.split(' ').at(-1),
      );
    expect(decisions({})).toEqual(['deny', 'deny']);
    expect(decisions({ destOrgTypes: ['health'], recordTypes: ['TENANCY'], purposes: ['safeguarding'] })).toEqual([
      'deny',
      'deny',
    ]);
    expect(decisions({ recordTypes: ['Repairs'] })).toEqual(['deny', 'allow']);
    expect(decisions({ purposes: ['OTHER'] })).toEqual(['deny', 'allow']);
    expect(decisions({ destOrgTypes: ['POLICE'] })).toEqual(['deny', 'allow']);
    expect(decisions({ destOrgIds: ['Health-9'] })).toEqual(['deny', 'allow']);
    expect(decisions({ modes: ['EXISTENCE'] })).toEqual(['deny', 'allow']);
    expect(decisions({ validFrom: '1999-01-01T00:00:00Z', validUntil: '2025-01-01T00:00:00Z' }).at(-1)).toBe('deny');
    expect(decisions({ validFrom: '2001-01-01T00:00:00Z' }).at(-1)).toBe('allow');
  });

  it('are none of a rule that is about nothing', () => {
    expect(verdicts([rule({ recordTypes: [] }), rule({ purposes: null }), rule({ modes: [] })])).toEqual([]);
  });
});

describe('the cells of a policy', () => {
  const cells = (defaults: object[], exceptions: object[] = []) =>
    cellsOf(one(policy({}, defaults, exceptions))).map(
      ({ mode, rule: from, recordTypes, purposes, destination, window }) => ({
        of: `${mode} ${from.list} ${from.index}`,
        types: recordTypes.join(),
        purposes: purposes.join(),
        to: `${destination.by} ${destination.codes.join()}`,
        except: destination.except.join(),
        window: [window.from, window.until],
      }),
    );
  const always = [-Infinity, Infinity];

  it('are one for a rule that no other comes before, with its codes sorted, each once', () => {
    const wide = rule({
      modes: ['CONTENT'],
      recordTypes: ['B', 'a', 'b'],
      purposes: ['Y', 'x', 'X'],
      destOrgTypes: ['POLICE', 'health', 'Police'],
    });
    expect(cells([wide])).toEqual([
      { of: 'CONTENT defaults 0', types: 'a,b', purposes: 'x,y', to: 'kind health,police', except: '', window: always },
    ]);
  });

  it('leave out who is decided before, by name or by kind', () => {
    const only = { modes: ['CONTENT'] };
    const [byName, byKind] = [
      rule({ ...only, destOrgIds: ['B', 'a'] }),
      rule({ ...only, destOrgTypes: ['HEALTH', 'POLICE'] }),
    ];
    expect(cells([byName, byKind]).map(({ to, except }) => [to, except])).toEqual([
      ['organisation a,b', ''],
      ['kind health,police', 'a,b'],
    ]);
    expect(cells([byKind, byName, byName]).map(({ to, except }) => [to, except])).toEqual([
      ['kind health,police', ''],
      ['organisation a,b', 'health,police'],
    ]);
    expect(cells([rule({ ...only, effect: 'deny' }), byKind]).map(({ to }) => to)).toEqual(['kind police']);
  });

  it('are as many as the times in which others come before, those that touch joined', () => {
    const only = { modes: ['CONTENT'] };
    const [first, second] = ['2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z'].map((text) => Date.parse(text));
    const denied = rule({ ...only, effect: 'deny', validFrom: DAY_ONE, validUntil: '2025-01-01T23:59:59.999Z' });
    expect(cells([rule(only)], [denied]).map(({ window }) => window)).toEqual([
      [-Infinity, first],
      [second, Infinity],
    ]);
    const elsewhere = { ...denied, destOrgTypes: ['POLICE'] };
    expect(cells([rule(only), elsewhere]).map(({ window }) => window)).toEqual([always]);
  });

  it('are apart where rules share some types or purposes and not others', () => {
    const denied = rule({ modes: ['CONTENT'], effect: 'deny', recordTypes: ['a'], purposes: ['x'] });
    const allowed = rule({ modes: ['CONTENT'], recordTypes: ['a', 'b', 'c'], purposes: ['x', 'y'] });
    expect(cells([denied, allowed]).map(({ types, purposes }) => [types, purposes])).toEqual([
      ['a', 'y'],
      ['b,c', 'x,y'],
    ]);
  });

  it('are none of a rule without readers, modes, types or purposes', () => {
    for (const none of ['modes', 'recordTypes', 'purposes', 'destOrgTypes'])
      expect(cells([rule({ [none]: [] })])).toEqual([]);
  });
});
