import { createHash } from 'node:crypto';
import { ItemSealer } from '../../../libs/intake/src/inbox/seal-items.js';
import {
  tripleOf,
  type ContributionDraft,
  type FeedItem,
  type InboxItem,
  type Reference,
  type ReferenceTable,
  type SubmissionKeyRow,
} from '#intake';
import { generateKeyPair, readFinal, type KeyService } from '#platform';
import { CAST } from './cast.js';
import type { Sender, WorldItem } from './world.js';

const bytesOf = (...texts: readonly string[]): Buffer => createHash('sha256').update(JSON.stringify(texts)).digest();

/** Fresh pairs for the cast and the hub, in memory; secrets by name. */
export const createWorldKeys = async (): Promise<KeyService> => {
  const recipients = ['hub', ...CAST.map(({ id }) => `org:${id}`)];
  const pairs = new Map(
    await Promise.all(recipients.map(async (recipient) => [recipient, await generateKeyPair()] as const)),
  );
  return {
    publicKeyOf: (recipient) =>
      Promise.resolve({ recipient, kid: recipient, publicKey: pairs.get(recipient)!.publicKey }),
    privateKeyOf: (recipient) => Promise.resolve(pairs.get(recipient)!.privateKey),
    secret: (name) => Promise.resolve(new Uint8Array(bytesOf('secret', name))),
  };
};

/** A row of the reference table, as every world that names this reference holds it. */
export interface ReferenceRow {
  readonly triple: Buffer;
  readonly kind: string;
  readonly key: string;
  readonly organisation: string;
  readonly secret: Buffer;
}

/** Keys and secrets that depend on the reference alone, so that the same history has the same ids in two worlds. */
class WorldReferences {
  private readonly rows = new Map<string, ReferenceRow>();
  private readonly keyed = new Map<string, ReferenceRow>();

  constructor(private readonly keys: KeyService) {}

  readonly ensure: ReferenceTable['ensure'] = async (sender, references) => {
    for (const reference of references) {
      const organisation = reference.organisation ?? sender;
      const name = this.nameOf(organisation, reference);
      if (this.rows.has(name)) continue;
      const row: ReferenceRow = {
        triple: tripleOf(await this.keys.secret(`index:${organisation}`), organisation, reference),
        kind: reference.kind,
        key: bytesOf('key', name).toString('hex').slice(0, 32),
        organisation,
        secret: bytesOf('reference', name),
      };
      this.rows.set(name, row);
      this.keyed.set(row.key, row);
    }
    return (reference) => this.rows.get(this.nameOf(reference.organisation ?? sender, reference))!;
  };

  find(sender: string, reference: Reference): ReferenceRow | undefined {
    return this.rows.get(this.nameOf(reference.organisation ?? sender, reference));
  }

  byKey(key: string): ReferenceRow {
    return this.keyed.get(key)!;
  }

  /** A record of these worlds stays with its subject. */
  readonly place: ReferenceTable['place'] = () => Promise.resolve(() => []);

  private nameOf(organisation: string, { kind, system, localId }: Reference): string {
    return JSON.stringify([organisation, kind, system, localId]);
  }
}

/** One submission: what was sealed under one key, in the order in which it was told. */
export interface SealedSubmission {
  readonly id: string;
  readonly group: 'common' | 'first' | 'second';
  readonly sender: Sender;
  readonly keys: readonly SubmissionKeyRow[];
}

export interface SealedItem {
  readonly submission: SealedSubmission;
  /** More than one where something unreadable also suspends what it names. */
  readonly rows: readonly InboxItem[];
}

interface OpenSubmission {
  readonly sealer: ItemSealer;
  readonly submission: SealedSubmission & { readonly keys: SubmissionKeyRow[] };
}

/** What all pairs of a run share: one submission of a name has one key, which is sealed and opened once. */
export class WorldSealing {
  readonly references: WorldReferences;
  private readonly open = new Map<string, OpenSubmission>();

  constructor(private readonly keys: KeyService) {
    this.references = new WorldReferences(keys);
  }

  submissionOf(group: SealedSubmission['group'], { sender, receivedAt }: WorldItem, place: string): OpenSubmission {
    const name = JSON.stringify([group, sender, receivedAt, place]);
    const known = this.open.get(name);
    if (known) return known;
    const id = uuidOf(bytesOf('submission', name));
    const facts = { submissionId: id, sender: sender.client, receivedAt };
    const opened = {
      submission: { id, group, sender, keys: [] },
      sealer: new ItemSealer(
        { ...facts, organisation: sender.organisation, service: sender.service, feed: sender.feed },
        this.references as unknown as ReferenceTable,
        this.keys,
      ),
    };
    this.open.set(name, opened);
    return opened;
  }
}

/**
 * Seals the items of a pair with the product's own sealer. What is filed shares a submission with what the same
 * connector sent at the same time; what is pending is a submission of its own, so that its place is its own.
 */
export class WorldSealer {
  readonly sealed = new Map<WorldItem, SealedItem>();
  private readonly named = new Set<ReferenceRow>();
  private pending = 0;

  constructor(private readonly sealing: WorldSealing) {}

  get referenceRows(): readonly ReferenceRow[] {
    return [...this.named];
  }

  /** `group`: what of this is in both worlds, and what in one of them, is never in one submission. */
  async seal(group: SealedSubmission['group'], items: readonly WorldItem[]): Promise<void> {
    for (const item of items) {
      if (this.sealed.has(item)) continue;
      const place = item.pending ? String((this.pending += 1)) : '';
      const { sealer, submission } = this.sealing.submissionOf(group, item, place);
      const { items: rows, keys } = await sealer.seal([await this.withNames(group, item)]);
      if (item.item.ok && rows.some(({ reason }) => reason !== null)) {
        throw new Error(`an item of the generator does not fit its type: ${item.label}`);
      }
      submission.keys.push(...keys);
      this.sealed.set(item, { submission, rows });
      this.keepNames(item, rows);
    }
  }

  /** Id of the contribution that an item became. */
  readonly idOf = (item: WorldItem): string => this.sealed.get(item)!.rows[0]!.contributionId;

  /** An owner's decision with the names that the hub gave to the record and the people whom it is about. */
  private async withNames(group: SealedSubmission['group'], { item, sender, decision }: WorldItem): Promise<FeedItem> {
    if (!item.ok || !decision) return item;
    const { of, cover } = decision;
    const concerned = [...(of ? [of] : []), ...(cover?.records ?? [])];
    await this.seal(group, concerned);
    const envelopeOf = (one: WorldItem) => readFinal(this.sealed.get(one)!.rows[0]!.bytes).form.envelope;
    const target = of && envelopeOf(of);
    const staff = decision.who.flatMap(({ organisation, workerId }) =>
      workerId === null ? [] : [{ kind: 'staff', system: 'staff', localId: workerId, organisation } as const],
    );
    const keyOf = await this.sealing.references.ensure(sender.organisation, staff);
    for (const one of staff) this.named.add(this.sealing.references.find(sender.organisation, one)!);
    const staffKeyOf = (workerId: string | null, organisation?: string): string | null => {
      const found = staff.find(
        (one) => one.localId === workerId && one.organisation === (organisation ?? one.organisation),
      );
      return found ? keyOf(found).key : null;
    };
    const who = decision.who.map(({ organisation, service, workerId }) => ({
      organisation,
      service,
      team: null,
      staffKey: staffKeyOf(workerId, organisation),
    }));
    const record = { feed: target?.rank.feed ?? null, record: target?.record.key ?? null };
    const names = ({ type }: ContributionDraft) => {
      switch (type) {
        case 'do-not-inform-marked':
          return record;
        case 'emergency-access-opened':
          return { references: target ? [target.subject.key] : [] };
        case 'release-made':
          return {
            ...record,
            body: target?.record.body,
            organisation: who[0]!.organisation,
            staffKey: who[0]!.staffKey,
          };
        case 'child-exclusion-made': {
          const records = cover!.records.map(envelopeOf);
          return {
            who,
            seen: cover!.seen.flatMap(({ workerId, at }) => {
              const staffKey = staffKeyOf(workerId);
              return staffKey === null ? [] : [{ staffKey, at }];
            }),
            records: records.map((one) => ({ subject: one.subject.key, feed: one.rank.feed, record: one.record.key })),
          };
        }
        default:
          return { ...record, who };
      }
    };
    return {
      ...item,
      contributions: item.contributions.map((draft) => ({ ...draft, body: { ...draft.body, ...names(draft) } })),
    };
  }

  private keepNames({ item, sender }: WorldItem, rows: readonly InboxItem[]): void {
    const told = item.ok
      ? item.contributions.flatMap(({ subject, resolve }) => [subject, ...(resolve ? [resolve.reference] : [])])
      : [];
    const named = told.map((reference) => this.sealing.references.find(sender.organisation, reference)!);
    const known = rows.map(({ subjectKey }) => this.sealing.references.byKey(subjectKey));
    for (const row of [...named, ...known]) this.named.add(row);
  }
}

const uuidOf = (bytes: Buffer): string =>
  bytes
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
