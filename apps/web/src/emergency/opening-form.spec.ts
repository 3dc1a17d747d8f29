import type { Post } from '../api/profile.js';
import { EMPTY_OPENING, openingBody, openingErrors, postItems, reasonItems, refusedErrors } from './opening-form.js';

const post = (organisation: string, service: string): Post => ({
  organisation,
  organisationName: `${organisation} by name`,
  organisationKind: 'HEALTH',
  service,
  role: 'ed-clinician',
  team: null,
});
const [ONE, TWO] = [[post('H', 'unscheduled')], [post('H', 'unscheduled'), post('H', 'hv-sn')]] as const;
const FULL = { reason: 'injury', text: 'A fracture', post: '', confirmed: 'yes' };
const fields = (values: typeof FULL, posts: readonly Post[]) =>
  openingErrors(values, { posts }).map(({ field }) => field);

describe('the form of an access in an emergency', () => {
  it('asks for a reason of the list, words, and that one understands', () => {
    expect(fields(EMPTY_OPENING, ONE)).toEqual(['reason', 'text', 'confirmed']);
    expect(fields({ ...FULL, reason: 'toString' }, ONE)).toEqual(['reason']);
    expect(fields({ ...FULL, text: 'x'.repeat(4001) }, ONE)).toEqual(['text']);
    expect(fields(FULL, ONE)).toEqual([]);
    expect(
      reasonItems('missing')
        .filter(({ checked }) => checked)
        .map(({ value }) => value),
    ).toEqual(['missing']);
  });

  it('asks whoever holds several posts under which', () => {
    expect(postItems({ posts: ONE }, '')).toEqual([]);
    const items = postItems({ posts: TWO }, '');
    expect(items).toHaveLength(2);
    expect(fields(FULL, TWO)).toEqual(['post']);
    const values = { ...FULL, post: items[1]!.value };
    expect(fields(values, TWO)).toEqual([]);
    expect(openingBody(values, { posts: TWO })).toEqual({
      reason: 'injury',
      text: 'A fracture',
      organisation: 'H',
      service: 'hv-sn',
    });
    expect(openingBody(FULL, { posts: ONE })).toEqual({ reason: 'injury', text: 'A fracture' });
  });

  it('says what the hub refused', () => {
    const problem = (errors: { field: string; reason: string }[]) => ({ type: 'x', title: 'x', errors });
    expect(refusedErrors(409, problem([]))[0]!.text).toContain('already');
    expect(refusedErrors(409, problem([{ field: 'service', reason: 'missing' }]))[0]!.field).toBe('post');
    expect(refusedErrors(400, problem([{ field: 'text', reason: 'not-text' }]))[0]!.field).toBe('text');
    expect(refusedErrors(400, problem([]))[0]!.field).toBe('reason');
  });
});
