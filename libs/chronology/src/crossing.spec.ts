import { classifyIdentifier } from '#identity';
import type { FiledContribution } from '#timeline';
import { linksOf, type ScopeReference } from './read-child.js';

const NUMBER = '9990000018';
const [SCHOOL, COUNCIL] = ['EDUCATION-01', 'LOCAL-AUTHORITY-01'];

let made = 0;
const filed = (organisation: string, type: string, parts: object, feed = 'records'): FiledContribution => {
  made += 1;
  const envelope = {
    contributionId: `c${String(made)}`,
    subject: { kind: 'child', key: organisation },
    type,
    owner: { organisation, service: 'any' },
    sender: 'somebody',
    record: { key: `r${String(made)}`, ancestors: [], body: String(made) },
    rank: { feed, by: 'version', value: '1', key: 'n1' },
    hubReceived: '2026-03-01T09:00:00.000Z',
    facts: [],
  };
  return { position: made, envelope, unreadable: [], ...parts } as unknown as FiledContribution;
};
/** A record that names the child, from a feed that is registered as authoritative for the number, or is not. */
const named = (organisation: string, authoritative: boolean, givenName = 'Ada') =>
  filed(organisation, 'personal-details', {
    identity: { identifiers: [classifyIdentifier('nhs-number', NUMBER, { authoritative })], givenName },
    terms: {},
  });
const onRoll = filed(
  SCHOOL!,
  'relation',
  {
    identity: { identifiers: [{ kind: 'nhs-number', value: NUMBER, status: 'traced' }] },
    terms: { relation: 'allocated', staffKey: 'dana', service: 'any', from: '2026-01-01T00:00:00Z' },
  },
  'staff',
);
const same = filed(
  SCHOOL!,
  'identity-answered',
  { terms: { other: COUNCIL, answer: 'same', sides: null } },
  'hub-commands',
);

const joined = (school: readonly FiledContribution[], council: readonly FiledContribution[]): boolean => {
  const reference = (organisation: string, contributions: readonly FiledContribution[]): ScopeReference => ({
    key: organisation,
    organisation,
    contributions,
  });
  const { components, attachments } = linksOf([reference(SCHOOL!, school), reference(COUNCIL!, council)]);
  return components.some((one) => one.includes(SCHOOL!) && one.includes(COUNCIL!)) || attachments.length > 0;
};

describe('a relation on one organisation’s reference', () => {
  it('crosses to another’s where authoritative feeds confirm the number of both', () => {
    expect(joined([named(SCHOOL!, true), onRoll], [named(COUNCIL!, true)])).toBe(true);
  });

  it.each<[string, readonly FiledContribution[]]>([
    ['a record of a feed that is not authoritative', [named(SCHOOL!, false), onRoll]],
    ['its own staff feed alone, whatever status that gives the number', [onRoll]],
    ['such a record and its own person’s word that the two are one', [named(SCHOOL!, false), onRoll, same]],
    ['its own staff feed and its own person’s word', [onRoll, same]],
  ])('does not where the number is there by %s', (_, school) => {
    expect(joined(school, [named(COUNCIL!, true)])).toBe(false);
  });

  it('does not where only the other’s number is not confirmed', () => {
    expect(joined([named(SCHOOL!, true), onRoll], [named(COUNCIL!, false)])).toBe(false);
  });
});
