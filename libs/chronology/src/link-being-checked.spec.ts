import type { FiledContribution } from '#timeline';
import { filed, referenceOf, scopeOf, staffKeyOf, type Post } from '../testing/child-scope.js';
import { readChild } from './read-child.js';

const COUNCIL = 'COUNCIL';
const WORKER: Post = { login: 'worker', organisation: COUNCIL };
const SECOND = referenceOf('COUNCIL AGAIN');
const [BEFORE, MADE, AFTER] = ['2026-03-01T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '2026-03-20T09:00:00.000Z'];

const named = (givenName: string, record: FiledContribution): FiledContribution => ({
  ...record,
  identity: { ...record.identity, givenName },
});
const first = named('Kai', filed('personal-details', COUNCIL, { record: 'first', hubReceived: BEFORE }));
/** Of the same number under another name: neither the same child for certain nor another. */
const second = (change: object = {}) =>
  named('Kaie', filed('personal-details', COUNCIL, { subject: { kind: 'child', key: SECOND }, record: 'second', hubReceived: BEFORE, ...change })); // prettier-ignore

const viewOf = (of: FiledContribution, said: readonly FiledContribution[] = []) => {
  const scope = scopeOf({ posts: [WORKER], filed: [first, ...said] });
  const again = { key: SECOND, organisation: COUNCIL, contributions: [of] };
  return readChild({ ...scope, references: [...scope.references, again] });
};
const isChecked = (of: FiledContribution, said: readonly FiledContribution[] = []): boolean =>
  viewOf(of, said).linkBeingChecked;

describe('a link between two references of one’s own service', () => {
  it('is said to be checked while it is a question', () => {
    expect(isChecked(second())).toBe(true);
    expect(isChecked(named('Kai', second()))).toBe(false);
  });

  it('is not, where what it is about is hidden from the reader', () => {
    expect(isChecked(second({ tier: 'sealed' }))).toBe(false);
    expect(isChecked(second({ service: 'housing' }))).toBe(false);
  });

  it('is so too where a later version of one of them lies in quarantine: the reader sees it as before', () => {
    const suspended = filed('disclosure-suspended', COUNCIL, { hubReceived: AFTER });
    const { envelope } = suspended;
    const said = [{ ...suspended, envelope: { ...envelope, record: { ...envelope.record, ancestors: ['first'] } } }];
    const view = viewOf(second(), said);
    expect(view.entries.map(({ contribution }) => contribution.envelope.record.key)).toContain('first');
    expect(view.linkBeingChecked).toBe(true);
  });

  it('is, to whom a guardian closed the child, where it was a question by then and is one still', () => {
    const exclusion = filed('child-exclusion-made', COUNCIL, {
      hubReceived: MADE,
      terms: {
        directive: 'e',
        who: [{ organisation: COUNCIL, service: null, team: null, staffKey: staffKeyOf('worker') }],
        view: 'cover',
        seen: [],
        withhold: [],
        records: [],
        until: null,
      },
    });
    expect(viewOf(second(), [exclusion]).coveredFrom).toBe(Date.parse(MADE));
    expect(isChecked(second(), [exclusion])).toBe(true);
    expect(isChecked(second({ hubReceived: AFTER }))).toBe(true);
    expect(isChecked(second({ hubReceived: AFTER }), [exclusion])).toBe(false);
  });
});
