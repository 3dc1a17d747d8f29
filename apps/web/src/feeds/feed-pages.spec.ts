import type { QuarantinedItem } from './answers.js';
import { feedPage, feedPath, feedsPage, itemPath, receiptPage } from './feed-pages.js';
import { decisionErrors, itemPage, readable, valuesOf } from './item-page.js';

const AT = '2026-03-02T09:05:00.000Z';
const ID = '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41';
const RECEIPT = '7c1c2b3a-4b57-4a6e-9d0e-2f6a1f4e0b41';
const item = (changes: Partial<QuarantinedItem> = {}): QuarantinedItem => ({
  organisation: 'POLICE-01',
  id: ID,
  field: 'records[0].personId',
  reason: 'missing',
  receivedAt: AT,
  receipt: RECEIPT,
  state: 'open',
  by: null,
  at: null,
  ...changes,
});
const line = { feed: 'police-records', title: 'Police records', organisation: 'POLICE-01', lastHeartbeat: null, coversUntil: null, waiting: 0, quarantined: 2 }; // prettier-ignore

describe('the page of feeds', () => {
  it('names organisations where there are several', () => {
    expect(feedsPage({ feeds: [line] })).toMatchObject({
      showsOrganisation: false,
      feeds: [{ href: '/feeds/police-records', lastHeartbeat: 'Never', coversUntil: 'Not said' }],
    });
    expect(feedsPage({ feeds: [line, { ...line, organisation: 'HEALTH-01', lastHeartbeat: AT }] })).toMatchObject({
      showsOrganisation: true,
      feeds: [{}, { lastHeartbeat: '2 March 2026 at 9:05am' }],
    });
  });

  it('leads nowhere else, whatever a feed is called', () => {
    expect(feedPath('../a?b', { state: 'closed' })).toBe('/feeds/..%2Fa%3Fb?state=closed');
    expect(itemPath('a/b', '../x')).toBe('/feeds/a%2Fb/quarantine/..%2Fx');
  });
});

describe('the page of a feed', () => {
  const none = { submissions: [], cursor: null };
  const asked = { feed: 'police-records', title: 'Police records', state: 'open', continued: false } as const;

  it('says what waits, in words, and where more is', () => {
    const page = feedPage(
      asked,
      { items: [item()], cursor: `${RECEIPT}.3` },
      { ...none, cursor: RECEIPT },
      { notices: [] },
    );
    expect(page).toMatchObject({
      isOpen: true,
      otherState: '/feeds/police-records?state=closed',
      items: [{ place: 'personId, in records number 1', reason: 'It is missing', state: 'Waiting for a decision' }],
      moreItems: `/feeds/police-records?state=open&items=${RECEIPT}.3`,
      moreSubmissions: `/feeds/police-records?state=open&submissions=${RECEIPT}`,
    });
  });

  it('says who decided and when', () => {
    const closed = item({ state: 'released', by: { role: 'data-manager' }, at: AT });
    expect(
      feedPage({ ...asked, state: 'closed' }, { items: [closed], cursor: null }, none, { notices: [] }),
    ).toMatchObject({
      otherState: '/feeds/police-records',
      items: [{ state: 'Released by Data manager, 2 March 2026 at 9:05am' }],
      moreItems: null,
    });
  });
});

describe('the page of a receipt', () => {
  it('leads from a quarantined item to its page, and to the items that follow', () => {
    const page = receiptPage({
      receipt: RECEIPT,
      feed: 'police-records',
      acceptedAt: AT,
      total: 3,
      items: [
        { item: 1, path: 'records[0]', contribution: ID, state: 'filed' },
        {
          item: 2,
          path: 'records[1].personId',
          contribution: ID,
          state: 'quarantined',
          field: 'records[1].personId',
          reason: 'missing',
        },
      ],
      next: 2,
    });
    expect(page.items).toMatchObject([
      { place: 'records number 1', state: 'Filed', href: null },
      { state: 'In quarantine', reason: 'It is missing', href: itemPath('police-records', ID) },
    ]);
    expect(page.next).toBe(`/receipts/${RECEIPT}?after=2`);
  });
});

describe('the page of an item', () => {
  it('shows JSON in lines, and anything else as it is', () => {
    expect(readable('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(readable('{"a":"cut o')).toBe('{"a":"cut o');
    expect(valuesOf({ id: ID, raw: null, decisions: [] }).document).toBe('');
  });

  it('asks for a decision while it is open, and says when it cannot be read', () => {
    const values = { document: 'x', releaseReason: '', discardReason: '' };
    const opened = { id: ID, raw: 'x', decisions: [{ outcome: 'discarded', by: { role: 'data-manager' }, at: AT, reason: null }] } as const; // prettier-ignore
    expect(itemPage('f', item(), values, opened)).toMatchObject({
      isOpen: true,
      canBeRead: true,
      decisions: [{ text: 'Discarded by data manager', reason: 'The reason cannot be read any more' }],
    });
    expect(itemPage('f', item({ state: 'discarded' }), values, { ...opened, raw: null })).toMatchObject({
      isOpen: false,
      canBeRead: false,
    });
    expect(itemPage('f', item(), values)).toMatchObject({ canBeRead: true, decisions: [] });
  });
});

describe('what is wrong with a decision', () => {
  const problem = (...errors: [string, string][]) => ({
    type: '',
    title: '',
    errors: errors.map(([field, reason]) => ({ field, reason })),
  });

  it('is said at the input of its form', () => {
    expect(decisionErrors(400, problem(['reason', 'missing']), 'discardReason')).toEqual([
      { field: 'discardReason', text: 'Enter a reason' },
    ]);
    expect(decisionErrors(400, problem(['document', 'missing']), 'releaseReason')).toEqual([
      { field: 'document', text: 'Enter the corrected document' },
    ]);
    expect(decisionErrors(409, problem(), 'discardReason')).toEqual([
      { field: 'discardReason', text: 'Somebody has decided about this item already' },
    ]);
    expect(decisionErrors(413, problem(), 'releaseReason')).toMatchObject([{ field: 'document' }]);
  });

  it('names the places of a document that is still wrong, ten at most', () => {
    const places = Array.from({ length: 12 }, (_, i): [string, string] => [`records[${i}].version`, 'not-allowed']);
    const errors = decisionErrors(422, problem(...places), 'releaseReason');
    expect(errors).toHaveLength(10);
    expect(errors[0]).toEqual({
      field: 'document',
      text: 'version, in records number 1: this value is not one that can stand here',
    });
  });
});
