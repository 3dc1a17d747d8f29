import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './hub-caller.js';
import type { Parcel } from './workload.js';

/** A submission that the hub has acknowledged. */
export interface Acknowledged {
  readonly parcel: Parcel;
  readonly receipt: string;
}

export interface Sending {
  /** Ends everything before it is done. */
  readonly signal: AbortSignal;
  readonly acknowledged: Acknowledged[];
  /** Submissions that were refused, which none of these should be. */
  readonly refused: string[];
  /** Replays under the same key that got another receipt. */
  readonly otherReceipts: string[];
  /** Told of each acknowledgement, with the machine's time at which its request began (ms). */
  onAcknowledged: (began: number) => void;
}

export const newSending = (signal: AbortSignal): Sending => ({
  signal,
  acknowledged: [],
  refused: [],
  otherReceipts: [],
  onAcknowledged: () => undefined,
});

const submit = (caller: Caller, { clientId, feed, body, key }: Parcel) =>
  caller.call(clientId, 'POST', `/v1/feeds/${feed}/submissions`, { body, idempotencyKey: key });

/** Sends one document again and again under the same key until it is acknowledged. */
const sendOne = async (caller: Caller, sending: Sending, parcel: Parcel): Promise<void> => {
  while (!sending.signal.aborted) {
    const began = Date.now();
    const answer = await submit(caller, parcel);
    if (answer?.status === 202) {
      sending.acknowledged.push({ parcel, receipt: (answer.body as { receipt: string }).receipt });
      sending.onAcknowledged(began);
      return;
    }
    if (answer && answer.status < 500) {
      sending.refused.push(`${parcel.feed} ${parcel.key}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return;
    }
    await delay(answer ? 50 : 100);
  }
};

/** Sends documents with so many senders at a time. */
export const sendParcels = async (
  caller: Caller,
  sending: Sending,
  parcels: readonly Parcel[],
  senders: number,
): Promise<void> => {
  const left = parcels.values();
  const sender = async (): Promise<void> => {
    for (const parcel of left) await sendOne(caller, sending, parcel);
  };
  await Promise.all(Array.from({ length: senders }, sender));
};

/** Sends what was acknowledged once more under its key: the receipt must be the same. */
export const replayAll = async (caller: Caller, sending: Sending, senders: number): Promise<void> => {
  const left = [...sending.acknowledged].values();
  const sender = async (): Promise<void> => {
    for (const { parcel, receipt } of left) {
      if (sending.signal.aborted) return;
      const answer = await submit(caller, parcel);
      const again = (answer?.body as { receipt?: string } | undefined)?.receipt;
      if (again !== receipt) sending.otherReceipts.push(`${parcel.key}: ${receipt}, then ${again ?? answer?.status}`);
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
};
