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
  });
});

const besides = resolve('..', 'shared', 'agreements', 'wexshire-core.json');
(existsSync(besides) ? describe : describe.skip)('the agreement beside the project', () => {
  it('uses hidden facts only where they restrict', () => {
    expect(hiddenConditions(JSON.parse(readFileSync(besides, 'utf8')) as AgreementDocument)).toEqual([]);
  });
});
