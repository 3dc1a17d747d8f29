import { checkFiling, type StoredContribution } from '../support/faults/check-filing.js';
import type { Acknowledged } from '../support/faults/send-parcels.js';
import type { ReceiptItem } from '../support/faults/settle-receipts.js';

const acknowledged: Acknowledged = {
  receipt: 'receipt-1',
  parcel: {
    key: 'key-1',
    clientId: 'police-01-connector',
    feed: 'police-records',
    body: '{}',
    expects: [
      { path: 'records[0]', name: 'one' },
      { path: 'records[1].date', name: 'two', reason: 'not-a-date' },
    ],
  },
};
const items: readonly ReceiptItem[] = [
  { path: 'records[0]', contribution: 'c-1', state: 'filed' },
  {
    path: 'records[1].date',
    contribution: 'c-2',
    state: 'quarantined',
    field: 'records[1].date',
    reason: 'not-a-date',
  },
];
const filed: StoredContribution = { id: 'c-1', stream: 'child-1', type: 'details', feed: 'police-records' };
const quarantined: StoredContribution = {
  id: 'c-2',
  stream: 'quarantine-1',
  type: 'quarantine-opened',
  feed: 'police-records',
};
const commands = { feed: 'hub-commands', accepted: 0 };

const still = (state: ReceiptItem['state']): readonly ReceiptItem[] => [{ ...items[0]!, state }, items[1]!];

const check = (stored: readonly StoredContribution[], said: readonly ReceiptItem[] | undefined = items) => {
  const { lost, doubled, unsent, wrongItems } = checkFiling(new Map([[acknowledged, said]]), stored, commands);
  return { lost, doubled, unsent, wrongItems };
};
const SOUND = { lost: 0, doubled: 0, unsent: 0, wrongItems: 0 };

describe('what clients were told is held against the store', () => {
  it('finds nothing where everything is there once', () => {
    expect(check([filed, quarantined])).toEqual(SOUND);
  });

  it.each([
    ['a contribution that is nowhere', [quarantined], items, { lost: 1 }],
    ['one that is in two places', [filed, filed, quarantined], items, { doubled: 1 }],
    ['one that nobody sent', [filed, quarantined, { ...filed, id: 'c-3' }], items, { unsent: 1 }],
    ['one that is in no receipt', [filed, quarantined], items.slice(0, 1), { lost: 1, unsent: 1, wrongItems: 1 }],
    ['a receipt that says it is still on its way', [filed, quarantined], still('accepted'), { wrongItems: 1 }],
    ['a first sending that is called a duplicate', [filed, quarantined], still('duplicate'), { wrongItems: 1 }],
    ['one filed that should be in quarantine', [filed, { ...filed, id: 'c-2' }], items, { wrongItems: 1 }],
    [
      'a command that nobody gave',
      [filed, quarantined, { ...filed, id: 'c-3', feed: 'hub-commands' }],
      items,
      { doubled: 1 },
    ],
  ] as const)('finds %s', (_, stored, said, found) => {
    expect(check(stored, said)).toEqual({ ...SOUND, ...found });
  });
});
