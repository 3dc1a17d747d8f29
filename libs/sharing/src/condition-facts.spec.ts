import { FACTS } from '#contracts';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AgreementDocument } from './agreement-schema.js';
import { CONDITION_FACTS, hiddenConditions } from './condition-facts.js';

/** A document of which every clause goes from the council's care to the school, unless changed. */
const document = (clauses: object): AgreementDocument =>
  ({
    schema: 'agreement/1',
    id: 'a',
    version: '1',
    parties: {
      council: { kind: 'LOCAL_AUTHORITY', orgs: ['C'], desk: 'x', services: { care: 'open', door: 'open' } },
      councils: { kind: 'LOCAL_AUTHORITY', orgs: ['la:*'], desk: 'x', services: { care: 'open', door: 'open' } },
      school: { kind: 'EDUCATION', orgs: ['S'], desk: 'x', services: { dsl: 'open' } },
      schools: { kind: 'EDUCATION', orgs: ['S1', 'S2'], desk: 'x', services: { dsl: 'open', nurse: 'open' } },
    },
    ...clauses,
  }) as AgreementDocument;

const permit = (change: object) =>
  document({
    permits: [
      { id: 'p', readerText: 'x', from: ['council.care'], to: ['school.dsl'], show: { summary: true }, ...change },
    ],
  });
const release = (change: object) =>
  document({ releases: [{ id: 'r', by: ['head'], to: ['school.dsl'], show: { summary: true }, ...change }] });
const existence = (change: object) =>
  document({ existence: [{ id: 'e', of: ['council.care'], to: ['school.dsl'], ...change }] });
const forbid = (change: object) => document({ forbids: [{ id: 'f', to: ['*'], ...change }] });

const placesIn = (one: AgreementDocument): string[] => hiddenConditions(one).map(({ place }) => place);

describe('a condition on a fact', () => {
  it('is classified for every fact that an envelope can hold and a condition may use', () => {
    // That a number is void is for the hub alone to act on.
    for (const fact of FACTS.filter((one) => one !== 'number-void'))
      expect(Object.keys(CONDITION_FACTS)).toContain(fact);
    expect(placesIn(permit({ when: ['number-void'] }))).toEqual(['$.permits[0].when[0]']);
  });

  it.each(Object.keys(CONDITION_FACTS))(
    'tells %s to whoever sees what it opens, so a permit may not use it',
    (fact) => {
      expect(placesIn(permit({ when: [fact] }))).toEqual(['$.permits[0].when[0]']);
      expect(placesIn(permit({ unless: ['address-protected', fact] }))).toContain('$.permits[0].unless[1]');
    },
  );

  it.each(Object.keys(CONDITION_FACTS))('takes away without telling, so a restriction may use %s', (fact) => {
    expect(placesIn(forbid({ when: [fact], unless: [fact] }))).toEqual([]);
    expect(placesIn(document({ caps: [{ id: 'c', to: ['*'], when: [fact], max: { summary: true } }] }))).toEqual([]);
  });

  it('may use what the owner knows where its reader is of the owner’s own organisation', () => {
    expect(placesIn(permit({ to: ['council.door'], when: ['young-person-agreed'] }))).toEqual([]);
    expect(placesIn(permit({ to: ['council.door', 'school.dsl'], when: ['young-person-agreed'] }))).not.toEqual([]);
    // A party of several organisations: its other services may be somebody else's.
    expect(
      placesIn(permit({ from: ['councils.care'], to: ['councils.door'], when: ['young-person-agreed'] })),
    ).not.toEqual([]);
    // Anybody may have said it, not the owner alone.
    expect(placesIn(permit({ to: ['council.door'], when: ['address-protected'] }))).not.toEqual([]);
  });

  it('may use what the owner knows of the owner’s own organisation alone: no other owner, no other reader', () => {
    const agreed = (from: string[], to: string[]) => placesIn(permit({ from, to, when: ['young-person-agreed'] }));
    const refused = ['$.permits[0].when[0]'];
    expect(agreed(['council.care', 'council.door'], ['council.*'])).toEqual([]);
    expect(agreed(['council.care', 'school.dsl'], ['council.door'])).toEqual(refused);
    expect(agreed(['*'], ['council.door'])).toEqual(refused);
    expect(agreed(['council.care'], ['*'])).toEqual(refused);
    expect(agreed(['schools.dsl'], ['schools.nurse'])).toEqual(refused);
    expect(placesIn(existence({ of: ['council.care'], to: ['council.door'], while: 'young-person-agreed' }))).toEqual(
      [],
    );
  });

  it('may use what the owner knows where the owner releases to a person', () => {
    expect(placesIn(release({ when: ['young-person-agreed'] }))).toEqual([]);
    expect(placesIn(release({ unless: ['address-protected'] }))).toEqual(['$.releases[0].unless[0]']);
  });

  it('may say that a service is working with the child to whoever is told just that', () => {
    expect(placesIn(existence({ while: 'open-episode' }))).toEqual([]);
    const both = (change: object) => ({
      ...permit({ when: ['open-episode'], relation: ['on-roll'] }),
      existence: existence(change).existence,
    });
    expect(placesIn(both({ while: 'open-episode' }) as AgreementDocument)).toEqual([]);
    expect(placesIn(both({ relation: ['on-roll', 'team'] }) as AgreementDocument)).toEqual([]);
    expect(placesIn(both({ relation: ['team'] }) as AgreementDocument)).toEqual(['$.permits[0].when[0]']);
    expect(placesIn(both({ to: ['council.door'] }) as AgreementDocument)).toEqual(['$.permits[0].when[0]']);
    expect(placesIn(both({ of: ['council.door'] }) as AgreementDocument)).toEqual(['$.permits[0].when[0]']);
  });

  describe('that a service is working with the child', () => {
    const refused = ['$.permits[0].when[0]'];
    const told = (clause: object, change: object) =>
      placesIn({
        ...permit({ when: ['open-episode'], ...clause }),
        existence: existence(change).existence,
      } as AgreementDocument);

    it('may open something to whoever is told of every service, a whole party or by any of his roles', () => {
      for (const owners of [['*'], ['council.*'], ['council.door', 'council.care']])
        expect(told({}, { of: owners })).toEqual([]);
      for (const to of [['*'], ['school.*']]) expect(told({}, { to })).toEqual([]);
      expect(told({ to: ['*'] }, { to: ['*'] })).toEqual([]);
      for (const roles of ['any', ['dsl', 'deputy']]) expect(told({ roles: ['dsl'] }, { roles })).toEqual([]);
      expect(told({ roles: 'any' }, { roles: 'any' })).toEqual([]);
    });

    it.each<[string, object, object]>([
      ['another owner', { from: ['council.care', 'council.door'] }, {}],
      ['another reader', { to: ['school.dsl', 'council.door'] }, {}],
      ['every owner', { from: ['*'] }, { of: ['council.*'] }],
      ['every reader', { to: ['*'] }, { to: ['school.*'] }],
      ['any role', {}, { roles: ['dsl'] }],
      ['any role by its word', { roles: 'any' }, { roles: ['dsl', 'any'] }],
      ['another role', { roles: ['dsl', 'deputy'] }, { roles: ['dsl'] }],
      ['another relation', { relation: ['team', 'on-roll'] }, { relation: ['team'] }],
      ['another purpose', { purposes: ['A'] }, { purposes: ['B'] }],
      ['whatever it holds', {}, { records: { types: ['plan'] } }],
      ['whenever it does', {}, { when: ['open-episode'] }],
      ['unless it does', {}, { unless: ['open-episode'] }],
      ['both', {}, { when: ['open-episode'], unless: ['open-episode'] }],
    ])('may not open more than of that somebody is told: %s', (_, clause, change) => {
      expect(told(clause, change)).toEqual(refused);
    });

    it('may be a condition of telling just that, and of a release, whose owner knows it', () => {
      expect(placesIn(existence({ when: ['open-episode'], unless: ['open-episode'] }))).toEqual([]);
      expect(placesIn(release({ when: ['open-episode'] }))).toEqual([]);
    });
  });

  it('may not be told of involvement on what another fact hides', () => {
    expect(placesIn(existence({ while: 'young-person-agreed' }))).toEqual(['$.existence[0].while']);
    expect(placesIn(existence({ while: ['open-episode', 'address-protected'] }))).toEqual(['$.existence[0].while[1]']);
  });

  it('must be of the closed list, wherever it stands', () => {
    for (const one of [
      permit({ when: ['on-a-plan'] }),
      forbid({ unless: ['on-a-plan'] }),
      existence({ while: 'on-a-plan' }),
    ])
      expect(hiddenConditions(one)).toEqual([{ place: expect.any(String), reason: 'is no fact that the hub knows' }]);
    expect(placesIn(forbid({ when: ['open-episode', 'x'], unless: ['y'] }))).toEqual([
      '$.forbids[0].when[1]',
      '$.forbids[0].unless[0]',
    ]);
  });
});

const besides = resolve('..', 'shared', 'agreements', 'wexshire-core.json');
(existsSync(besides) ? describe : describe.skip)('the agreement beside the project', () => {
  it('uses hidden facts only where they restrict', () => {
    expect(hiddenConditions(JSON.parse(readFileSync(besides, 'utf8')) as AgreementDocument)).toEqual([]);
  });
});
