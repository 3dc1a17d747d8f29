import { suspensionsOf } from './suspensions.js';
import type { Envelope } from '#contracts';
import type { FiledContribution } from '#timeline';

const FEED = 'police-staff';
const [EARLY, LATER, LATEST] = ['2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-02T11:00:00.000Z'];

const filed = (envelope: object, terms?: object): FiledContribution =>
  ({ position: 1, envelope, unreadable: [], ...(terms ? { terms } : {}) }) as unknown as FiledContribution;
const suspension = (id: string, hubReceived: string, feed = FEED): FiledContribution =>
  filed({
    contributionId: id,
    type: 'disclosure-suspended',
    rank: { feed },
    record: { key: 's', ancestors: ['relation-1'] },
    hubReceived,
  });
const resumption = (id: string, feed = FEED): FiledContribution =>
  filed({ type: 'disclosure-resumed', rank: { feed }, record: { key: id, ancestors: [] } }, { suspension: id });
const relation = (hubReceived: string): Envelope =>
  ({ type: 'relation', rank: { feed: FEED }, record: { key: 'relation-1', ancestors: [] }, hubReceived }) as unknown as Envelope; // prettier-ignore

const isSuspended = (...contributions: readonly FiledContribution[]): boolean =>
  suspensionsOf(contributions)(relation(EARLY));

describe('a suspension', () => {
  it('holds until its record is sent again, or a person has decided about its item', () => {
    expect(isSuspended()).toBe(false);
    expect(isSuspended(suspension('A', LATER))).toBe(true);
    expect(suspensionsOf([suspension('A', LATER)])(relation(LATEST))).toBe(false);
    expect(isSuspended(suspension('A', LATER), resumption('A'))).toBe(false);
    expect(isSuspended(resumption('A'), suspension('A', LATER))).toBe(false);
  });

  it('ends by itself alone: another of the same record holds', () => {
    expect(isSuspended(suspension('A', LATER), suspension('B', LATEST), resumption('B'))).toBe(true);
    expect(isSuspended(suspension('A', LATER), suspension('B', LATEST), resumption('B'), resumption('A'))).toBe(false);
  });

  it('is not ended by a word that cannot be read, or that came in another feed', () => {
    const unreadable = { ...resumption('A'), unreadable: ['terms'] } as FiledContribution;
    delete (unreadable as { terms?: unknown }).terms;
    expect(isSuspended(suspension('A', LATER), unreadable)).toBe(true);
    expect(isSuspended(suspension('A', LATER), resumption('A', 'police-records'))).toBe(true);
  });
});
