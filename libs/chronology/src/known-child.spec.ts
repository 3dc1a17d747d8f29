import type { FiledContribution } from '#timeline';
import { AT, filed, referenceOf, scopeOf } from '../testing/child-scope.js';
import { readChild, type KnownChild } from './read-child.js';

const [COUNCIL, HEALTH] = ['COUNCIL', 'HEALTH'];
const ANOTHER = 'f'.repeat(32);
const [EARLIER, LATER] = ['2026-03-01T09:00:00.000Z', '2026-03-02T09:00:00.000Z'];

const named = (organisation: string, record: string, names: object, change: object = {}): FiledContribution => {
  const one = filed('personal-details', organisation, { record, ...change });
  return { ...one, identity: { ...one.identity, ...names } };
};
const KAI = named(COUNCIL, 'kai', { givenName: 'Kai', familyName: 'Reed' }, { hubReceived: EARLIER });
/** On another reference of the same organisation's: the same number, another name, recorded later. */
const KAIE = named(COUNCIL, 'kaie', { givenName: 'Kaie', familyName: 'Reed' }, { hubReceived: LATER, subject: { kind: 'child', key: ANOTHER } }); // prettier-ignore
/** Of that number too, and without a name: it would join the two. */
const NAMELESS = named(HEALTH, 'nameless', {}, { hubReceived: LATER });

const known = (pending: readonly FiledContribution[], own: readonly FiledContribution[] = [KAI]): KnownChild => {
  const scope = scopeOf({
    posts: [{ login: 'worker', organisation: COUNCIL }],
    filed: own,
    pending,
    at: AT,
  });
  const references = scope.references.some(({ organisation }) => organisation === HEALTH)
    ? scope.references
    : [...scope.references, { key: referenceOf(HEALTH), organisation: HEALTH, contributions: [] }];
  const other = { key: ANOTHER, organisation: COUNCIL, contributions: [KAIE] };
  return readChild({ ...scope, references: [...references, other] }).known;
};

describe('the name by which a viewer’s own service knows a child', () => {
  it('is what it recorded last', () => {
    const again = named(COUNCIL, 'again', { givenName: 'Kai', familyName: 'Reed-Stone' }, { hubReceived: LATER });
    expect(known([]).name).toBe('Kai Reed');
    expect(known([], [KAI, again]).name).toBe('Kai Reed-Stone');
  });

  it('is not changed by what another organisation sends and this viewer does not see', () => {
    expect(known([NAMELESS])).toEqual(known([]));
  });

  it('is not shown any more while its own record is being corrected', () => {
    const corrected = named(COUNCIL, 'kai', { givenName: 'Kit', familyName: 'Reed' }, { hubReceived: LATER, version: '2' }); // prettier-ignore
    expect(known([corrected]).name).toBeNull();
  });
});
