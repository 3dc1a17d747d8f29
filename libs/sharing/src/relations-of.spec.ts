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
    const records = [record(), record({ relation: 'duty' }), record()];
    expect(relationsOf(viewer, records, during)).toEqual(['team', 'duty']);
    expect(relationsOf(viewer, records.reverse(), during)).toEqual(['team', 'duty']);
  });

  it('is over after its longest time, whatever its record says', () => {
    const over = (relation: string, from: string, until: string | null = null): string[] => {
      const one = [record({ relation, from, staffKey: 'a1', until })];
      const first = Date.parse(from);
      const holds = (ms: number) => relationsOf(viewer, one, ms).length === 1;
      const hours = Array.from({ length: 24 * 8 }, (_, i) => i).filter((hour) => holds(first + hour * 3_600_000));
      return [String(hours.length), String(hours.at(-1))];
    };
    const monday = '2026-03-02T09:00:00Z';
    expect(over('presenting', monday)).toEqual(['24', '23']);
    expect(over('asserted', monday, '2030-01-01T00:00:00Z')).toEqual(['24', '23']);
    expect(over('presenting', monday, '2026-03-02T11:00:00Z')).toEqual(['2', '1']);
    expect(over('triage', monday)).toEqual(['87', '86']);
    expect(over('triage', monday, '2026-03-03T09:00:00Z')).toEqual(['24', '23']);
    expect(over('duty', monday)).toEqual(['192', '191']);
  });

  it('is with a person of another organisation only by an invitation that names him', () => {
    const elsewhere = { owner: { organisation: 'ods:ZZ1' }, organisation: 'la:901', staffKey: 'a1', service: 'hv-sn' };
    expect(relationsOf(viewer, [record({ ...elsewhere, relation: 'invited' })], during)).toEqual(['invited']);
    for (const change of [{ staffKey: null }, { staffKey: 'b2' }, { organisation: 'la:902' }, { organisation: null }]) {
      expect(relationsOf(viewer, [record({ ...elsewhere, relation: 'invited', ...change })], during)).toEqual([]);
    }
    for (const relation of ['allocated', 'team', 'duty', 'on-roll', 'asserted']) {
      expect(relationsOf(viewer, [record({ ...elsewhere, relation, service: 'care' })], during)).toEqual([]);
    }
  });

  it('is with nobody where a record says it of a school or practice that is not its owner', () => {
    for (const owner of ['la:901', 'ods:ZZ1']) {
      const one = record({ owner: { organisation: owner }, relation: 'on-roll', organisation: 'urn:100' });
      expect(relationsOf(viewer, [one], during)).toEqual([]);
      expect(relationsOf({ ...viewer, organisation: 'urn:100' }, [one], during)).toEqual([]);
    }
    const own = record({ relation: 'on-roll', organisation: 'la:901' });
    expect(relationsOf(viewer, [own], during)).toEqual(['on-roll']);
  });

  it('is one’s own word for oneself alone', () => {
    const own = { relation: 'asserted', from: '2026-06-01T00:00:00Z' };
    expect(relationsOf(viewer, [record({ ...own, staffKey: 'a1' })], during)).toEqual(['asserted']);
    expect(relationsOf(viewer, [record(own)], during)).toEqual([]);
  });
});
