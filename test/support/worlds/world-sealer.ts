import { createHash } from 'node:crypto';
import { ItemSealer } from '../../../libs/intake/src/inbox/seal-items.js';
import { tripleOf, type InboxItem, type Reference, type ReferenceTable, type SubmissionKeyRow } from '#intake';
import { generateKeyPair, type KeyService } from '#platform';
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
  readonly rows = new Map<string, ReferenceRow>();

  constructor(private readonly keys: KeyService) {}

  readonly ensure: ReferenceTable['ensure'] = async (sender, references) => {
    for (const reference of references) {
      const organisation = reference.organisation ?? sender;
      const name = this.nameOf(organisation, reference);
      if (this.rows.has(name)) continue;
      this.rows.set(name, {
        triple: tripleOf(await this.keys.secret(`index:${organisation}`), organisation, reference),
        kind: reference.kind,
        key: bytesOf('key', name).toString('hex').slice(0, 32),
        organisation,
        secret: bytesOf('reference', name),
      });
    }
    return (reference) => this.rows.get(this.nameOf(reference.organisation ?? sender, reference))!;
  };

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

/**
 * Seals the items of a pair with the product's own sealer. What is filed shares a submission with what the same
 * connector sent at the same time; what is pending is a submission of its own, so that its place is its own.
 */
export class WorldSealer {
  readonly sealed = new Map<WorldItem, SealedItem>();
  private readonly references: WorldReferences;
  private readonly sealers = new Map<
    string,
    { sealer: ItemSealer; submission: SealedSubmission & { keys: SubmissionKeyRow[] } }
  >();

  constructor(
    private readonly keys: KeyService,
    private readonly prefix: string,
  ) {
    this.references = new WorldReferences(keys);
  }

  get referenceRows(): readonly ReferenceRow[] {
    return [...this.references.rows.values()];
  }

  /** `group`: what of this is in both worlds, and what in one of them, is never in one submission. */
  async seal(group: SealedSubmission['group'], items: readonly WorldItem[]): Promise<void> {
    for (const item of items) {
      if (this.sealed.has(item)) continue;
      const alone = item.pending ? String(this.sealed.size) : '';
      const { sealer, submission } = this.open(
        JSON.stringify([group, item.sender, item.receivedAt, alone]),
        group,
        item,
      );
      const { items: rows, keys } = await sealer.seal([item.item]);
      if (item.item.ok && rows.some(({ reason }) => reason !== null)) {
        throw new Error(`an item of the generator does not fit its type: ${item.label}`);
      }
      submission.keys.push(...keys);
      this.sealed.set(item, { submission, rows });
    }
  }

  /** Id of the contribution that an item became. */
  readonly idOf = (item: WorldItem): string => this.sealed.get(item)!.rows[0]!.contributionId;

  private open(name: string, group: SealedSubmission['group'], { sender, receivedAt }: WorldItem) {
    let found = this.sealers.get(name);
    if (!found) {
      const id = uuidOf(bytesOf('submission', this.prefix, name));
      found = {
        submission: { id, group, sender, keys: [] },
        sealer: new ItemSealer(
          {
            submissionId: id,
            sender: sender.client,
            organisation: sender.organisation,
            service: sender.service,
            feed: sender.feed,
            receivedAt,
          },
          this.references as unknown as ReferenceTable,
          this.keys,
        ),
      };
      this.sealers.set(name, found);
    }
    return found;
  }
}

const uuidOf = (bytes: Buffer): string =>
  bytes
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
