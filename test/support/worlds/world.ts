import type { ContributionDraft, FeedItem } from '#intake';

/** Recorded time of every read: the worlds stand still. */
export const READ_AT = '2025-12-19T09:00:00.000Z';

/** Who sent something, for whom. */
export interface Sender {
  readonly organisation: string;
  readonly service: string;
  readonly feed: string;
  readonly client: string;
}

/** Somebody whom an owner names, as people name him: whoever all that is given fits. */
export interface WorldParty {
  readonly organisation: string;
  readonly service: string | null;
  readonly workerId: string | null;
}

/** What an owner's decision is about, in the words of the test. */
export interface WorldDecision {
  /** The record; null: all that the service recorded of the child. */
  readonly of: WorldItem | null;
  readonly who: readonly WorldParty[];
  readonly until: string | null;
  /** Of a release: which fields, as agreements name them. */
  readonly fields?: readonly string[];
  /** Of a child that is closed: what is left to those named. */
  readonly cover?: {
    readonly view: 'cover' | 'frozen';
    /** When each person named last opened the child. */
    readonly seen: readonly { readonly workerId: string; readonly at: string }[];
    readonly withhold: readonly string[];
    readonly records: readonly WorldItem[];
  };
  /** Of a mark: what readers are told to do with it. */
  readonly handling?: readonly string[];
}

/** One thing that a connector or a person told the hub. An item with `raw` is one that could not be read. */
export interface WorldItem {
  /** For messages of tests. */
  readonly label: string;
  readonly sender: Sender;
  readonly receivedAt: string;
  readonly item: FeedItem;
  /** Accepted and not yet projected. */
  readonly pending: boolean;
  /** Of an owner's decision: names of records and people are written into its body when it is sealed. */
  readonly decision?: WorldDecision;
}

/** Everything told in one world: the filed in the order of the log, the pending in the order of acceptance. */
export interface World {
  readonly filed: readonly WorldItem[];
  readonly pending: readonly WorldItem[];
}

/** Who reads, as the test knows him. */
export interface WorldViewer {
  readonly login: string;
  readonly workerId: string;
  readonly organisation: string;
  readonly organisationKind: string;
  readonly service: string;
  readonly role: string;
}

/** What a viewer asks in a world. */
export interface Question {
  readonly viewer: WorldViewer;
  readonly nhsNumber: string;
  readonly purpose: string;
  /** Where the child is described by the viewer's organisation's own id for a case: that. */
  readonly localId?: string;
}

export const draftsOf = ({ item }: WorldItem): readonly ContributionDraft[] => (item.ok ? item.contributions : []);

/** Names a record over everything: whose it is, about whom, and its key. */
export const recordName = ({ sender, item }: WorldItem): string => {
  if (!item.ok) return JSON.stringify([sender.organisation, sender.feed, item.field]);
  const { subject, recordKey } = item.contributions[0]!;
  return JSON.stringify([sender.organisation, sender.feed, subject.kind, subject.system, subject.localId, recordKey]);
};

/** A number of the test range 999 with a right check digit; another one for every n below 200,000. */
export const testNhsNumber = (n: number): string => {
  for (let serial = n * 5; ; serial += 1) {
    const digits = `999${String(serial).padStart(6, '0')}`;
    const check = (11 - ([...digits].reduce((sum, digit, i) => sum + Number(digit) * (10 - i), 0) % 11)) % 11;
    if (check < 10) return `${digits}${String(check)}`;
  }
};
