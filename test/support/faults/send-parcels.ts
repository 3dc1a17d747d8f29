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
  /** Requests that no whole answer came to, or one of 5xx: each may have been accepted or not. */
  unknown: number;
  /** Documents of unknown outcome that were not sent again, and that nobody retries yet. */
  readonly setAside: Parcel[];
  /** One in so many of those whose first outcome is unknown is set aside. */
  readonly setAsideEvery: number;
  firstUnknown: number;
  /** Told of each acknowledgement, with the machine's time at which its request began (ms). */
  onAcknowledged: (began: number) => void;
}

export const newSending = (signal: AbortSignal, setAsideEvery = Infinity): Sending => ({
  signal,
  acknowledged: [],
  refused: [],
  otherReceipts: [],
  unknown: 0,
  setAside: [],
  setAsideEvery,
  firstUnknown: 0,
  onAcknowledged: () => undefined,
});

export const submit = (caller: Caller, { clientId, feed, body, key }: Parcel) =>
  caller.call(clientId, 'POST', `/v1/feeds/${feed}/submissions`, { body, idempotencyKey: key });

export interface SendOptions {
  /** Whether an unknown outcome may be left as it is. */
  readonly maySetAside?: boolean;
}

/** Sends one document again and again under the same key until it is acknowledged. Resolves with its receipt. */
export const sendOne = async (
  caller: Caller,
  sending: Sending,
  parcel: Parcel,
  { maySetAside = false }: SendOptions = {},
): Promise<string | undefined> => {
  for (let tries = 1; !sending.signal.aborted; tries += 1) {
    const began = Date.now();
    const answer = await submit(caller, parcel);
    if (answer?.status === 202) {
      const { receipt } = answer.body as { receipt: string };
      sending.acknowledged.push({ parcel, receipt });
      sending.onAcknowledged(began);
      return receipt;
    }
    if (answer && answer.status < 500) {
      sending.refused.push(`${parcel.feed} ${parcel.key}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return undefined;
    }
    sending.unknown += 1;
    if (maySetAside && tries === 1) {
      sending.firstUnknown += 1;
      if (sending.firstUnknown % sending.setAsideEvery === 0) {
        sending.setAside.push(parcel);
        return undefined;
      }
    }
    await delay(answer ? 50 : 100);
  }
  return undefined;
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

/** Sends what was acknowledged (all of it, unless told what) once more under its key: the receipt must be the same. */
export const replayAll = async (
  caller: Caller,
  sending: Sending,
  senders: number,
  acknowledged: readonly Acknowledged[] = [...sending.acknowledged],
): Promise<void> => {
  const left = acknowledged.values();
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
