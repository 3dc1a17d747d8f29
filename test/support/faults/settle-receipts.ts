import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './hub-caller.js';
import type { Acknowledged } from './send-parcels.js';

export interface ReceiptItem {
  readonly path: string;
  readonly contribution: string;
  readonly state: 'accepted' | 'filed' | 'quarantined' | 'duplicate';
  readonly field?: string;
  readonly reason?: string;
}

interface Page {
  readonly total: number;
  readonly items: readonly ReceiptItem[];
  readonly next: number | null;
}

/** A receipt's items in order; undefined where the hub does not know the receipt. */
const readReceipt = async (
  caller: Caller,
  { parcel, receipt }: Acknowledged,
  pageSize: number,
  signal: AbortSignal,
): Promise<ReceiptItem[] | undefined> => {
  const items: ReceiptItem[] = [];
  let next: number | null = 0;
  while (next !== null && !signal.aborted) {
    const answer = await caller.call(parcel.clientId, 'GET', `/v1/receipts/${receipt}?after=${next}&limit=${pageSize}`);
    if (answer?.status === 404) return undefined;
    if (answer?.status !== 200) {
      await delay(100);
      continue;
    }
    const page = answer.body as Page;
    items.push(...page.items);
    next = page.next;
    if (next === null && items.length !== page.total) throw new Error('a receipt has other items than it says');
  }
  return items;
};

/** Every receipt once none of its items is on its way any more, or as it stands when that takes too long. */
export const settleReceipts = async (
  caller: Caller,
  acknowledged: readonly Acknowledged[],
  limitMs: number,
  signal: AbortSignal,
  pageSize = 3,
): Promise<Map<Acknowledged, ReceiptItem[] | undefined>> => {
  const end = Date.now() + limitMs;
  const receipts = new Map<Acknowledged, ReceiptItem[] | undefined>();
  const left = acknowledged.values();
  const reader = async (): Promise<void> => {
    for (const one of left) {
      for (;;) {
        const items = await readReceipt(caller, one, pageSize, signal);
        receipts.set(one, items);
        if (!items?.some(({ state }) => state === 'accepted') || Date.now() > end || signal.aborted) break;
        await delay(100);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, reader));
  return receipts;
};
