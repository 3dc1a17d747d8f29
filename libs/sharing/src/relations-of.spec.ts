import { relationsOf, type RelationRecord } from './relations-of.js';
import type { Viewer } from './types.js';

const viewer: Viewer = {
  staffKey: 'a1',
  organisation: 'la:901',
  organisationKind: 'LOCAL_AUTHORITY',
  service: 'care',
  role: 'social-worker',
  team: 'north',
};
const record = (change: Partial<RelationRecord> = {}): RelationRecord => ({
  owner: { organisation: 'LA:901' },
  relation: 'team',
  service: 'care',
  from: '2026-01-01T00:00:00Z',
  ...change,
});
const at = (text: string): number => Date.parse(text);
const during = at('2026-06-01T00:00:00Z');

describe('relationsOf', () => {
  it.each([
    ['the whole service', {}, ['team']],
    ['this worker', { staffKey: 'a1' }, ['team']],
    ['another worker', { staffKey: 'b2' }, []],
    ['this team', { team: 'north' }, ['team']],
    ['another team', { team: 'south' }, []],
    ['this role', { role: 'social-worker' }, ['team']],
    ['another role', { role: 'manager' }, []],
    ['another service', { service: 'door' }, []],
    ['another organisation', { owner: { organisation: 'la:902' } }, []],
    ['a kind that is not in the list', { relation: 'curious' }, []],
    ['an allocation to nobody', { relation: 'allocated' }, []],
    ['an allocation to this worker', { relation: 'allocated', staffKey: 'a1' }, ['allocated']],
    ['a start that cannot be read', { from: 'soon' }, []],
    ['an end that cannot be read', { until: 'later' }, []],
    ['no end', { until: null }, ['team']],
  ])('%s', (_, change, expected) => {
    expect(relationsOf(viewer, [record(change as Partial<RelationRecord>)], during)).toEqual(expected);
  });

  it('starts at its start and is over at its end', () => {
    const one = [record({ until: '2026-02-01T00:00:00Z' })];
    const holds = (text: string): boolean => relationsOf(viewer, one, at(text)).length === 1;
    expect(
      ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z', '2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00Z'].map(
        holds,
      ),
    ).toEqual([false, true, true, false]);
  });

  it('gives each kind once, whatever the order', () => {
    const records = [record(), record({ relation: 'triage' }), record()];
    expect(relationsOf(viewer, records, during)).toEqual(['team', 'triage']);
    expect(relationsOf(viewer, records.reverse(), during)).toEqual(['team', 'triage']);
  });
});
