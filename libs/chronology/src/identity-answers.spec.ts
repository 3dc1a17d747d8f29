import { rankKey, type Envelope } from '#contracts';
import type { ClassifiedIdentifier, IdentityReference } from '#identity';
import type { FiledContribution } from '#timeline';
import { answersAmong } from './identity-answers.js';
import { graphOf } from './identity-graph.js';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
let position = 0;

/** What the organisation of `on` says about `other` as its n-th word. */
const said = (
  on: string,
  other: string,
  answer: string,
  n: number,
  change: Partial<Omit<FiledContribution, 'envelope'>> & { readonly envelope?: Partial<Envelope> } = {},
): FiledContribution => {
  const value = new Date(Date.UTC(2026, 0, n)).toISOString();
  return {
    position: (position += 1),
    terms: { other, answer, sides: null },
    unreadable: [],
    ...change,
    envelope: {
      v: 1,
      contributionId: `${on}-${other}-${n}-${answer}`,
      subject: { kind: 'child', key: on },
      type: 'identity-answered',
      schemaVersion: 1,
      recordType: 'identity-answered',
      owner: { organisation: `of-${on[0]!}`, service: 'main' },
      sender: 'manager',
      originatorConfirmed: true,
      record: { key: `identity/${other}`, ancestors: [], body: `${other}/${answer}` },
      rank: { feed: 'hub-commands', by: 'sequence', value, key: rankKey('sequence', value) },
      about: 'child',
      tier: 'contact',
      regime: 'uk-gdpr',
      occurred: { precision: 'unknown' },
      hubReceived: value,
      fields: {},
      facts: [],
      ...change.envelope,
    },
  };
};
const lost = { terms: undefined as never, unreadable: ['terms' as const] };
const among = (...contributions: FiledContribution[]) => {
  const byKey = Map.groupBy(contributions, ({ envelope }) => envelope.subject.key);
  return answersAmong([...byKey.values()].map((list) => ({ contributions: list })));
};
const standing = (...contributions: FiledContribution[]) =>
  among(...contributions).standing.map(({ a, b, answer }) => `${a[0]!}${b[0]!} ${answer}`);

describe('what people answer', () => {
  it('is of each organisation what it said last about a pair, in whatever order it came', () => {
    const words = [said(A, B, 'same', 1), said(A, B, 'different', 2), said(B, A, 'same', 3), said(A, C, 'same', 1)];
    expect(standing(...words)).toEqual(['ab refused', 'ac confirmed', 'ba confirmed']);
    expect(standing(...words.reverse()).sort()).toEqual(['ab refused', 'ac confirmed', 'ba confirmed']);
  });

  it('may be said again: the words of before, now', () => {
    const first = said(A, B, 'same', 1);
    const again = said(A, B, 'same', 3, { envelope: { contributionId: 'again' } });
    const { terms: _, ...confirmation } = { ...again, confirms: first.envelope.contributionId };
    expect(standing(first, said(A, B, 'different', 2), confirmation)).toEqual(['ab confirmed']);
  });

  it('is both where one organisation says both at once', () => {
    expect(standing(said(A, B, 'same', 1), said(A, B, 'different', 1)).sort()).toEqual(['ab confirmed', 'ab refused']);
  });

  it('is nothing where it was taken back', () => {
    const back = said(A, B, '', 2, { envelope: { type: 'entry-retracted', contributionId: 'back' } });
    expect(among(said(A, B, 'same', 1), back)).toEqual({ standing: [], unclear: [] });
  });

  it('is unclear where it cannot be read, about the pair that another version names, else about any', () => {
    const unreadable = said(A, B, 'different', 2, lost);
    expect(among(unreadable)).toEqual({ standing: [], unclear: [{ a: A }] });
    expect(among(said(A, B, 'same', 1), unreadable)).toEqual({ standing: [], unclear: [{ a: A, b: B }] });
    expect(among(unreadable, said(A, B, 'same', 3)).unclear).toEqual([]);
  });

  it('is unclear where it is suspended', () => {
    const suspended = said(A, B, '', 2, {
      envelope: {
        type: 'disclosure-suspended',
        contributionId: 'suspended',
        record: { key: 'suspended', ancestors: [`identity/${B}`], body: '' },
      },
    });
    expect(among(said(A, B, 'same', 1), suspended)).toEqual({ standing: [], unclear: [{ a: A, b: B }] });
  });
});

describe('an answer that cannot be read', () => {
  const number: ClassifiedIdentifier = { kind: 'nhs-number', value: '9990000018', status: 'traced' };
  const references = [A, B, C].map((key): IdentityReference => ({
    key,
    organisation: `of-${key}`,
    identifiers: [number],
    demographics: [],
    staffOnly: false,
  }));

  it('joins nothing, and yet what restricts the one acts on the other', () => {
    const graph = graphOf(references, among(said(A, B, 'different', 1, lost)));
    expect(graph.components).toEqual([[A], [B, C]]);
    expect(graph.restrictiveGroups).toEqual([[A, B, C]]);
    expect(graphOf(references, among(said(A, B, 'same', 1)))).toMatchObject({ components: [[A, B, C]] });
  });

  it('is no refusal: a refusal sets free', () => {
    const two = references.slice(0, 2);
    const refused = graphOf(two, among(said(A, B, 'different', 1)));
    expect(refused.restrictiveGroups).toEqual([[A], [B]]);
  });
});
