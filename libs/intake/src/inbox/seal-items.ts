import { createHash } from 'node:crypto';
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { TObject } from '@sinclair/typebox';
import {
  canonicalText,
  contributionId,
  getEventType,
  higherTier,
  PARTS,
  rankKey,
  type Envelope,
  type EventTypeDefinition,
  type Part,
} from '#contracts';
import { createSubmissionKeys, hmacHex, sealContribution, type KeyService, type SubmissionKeys } from '#platform';
import type { ContributionDraft, FeedItem, Reference } from '../feed.js';
import type { Chunk, InboxItem } from './inbox.js';
import type { ReferenceTable, KnownReference } from './reference-table.js';

/** At most this many final bytes a contribution, on every engine. */
export const MAX_CONTRIBUTION_BYTES = 900 * 1024;
/** Its plain body at most: base64 of the sealed parts adds a third, the envelope at most 16 KiB. */
const MAX_BODY_BYTES = ((MAX_CONTRIBUTION_BYTES - 16 * 1024) * 3) / 4;

/** Characters of a bad item that are kept: escaped and sealed they fit a contribution, whatever they are. */
const MOST_RAW = 64 * 1024;

/** Who sends, for whom, under which registration. */
export interface SubmissionFacts {
  readonly submissionId: string;
  readonly sender: string;
  readonly organisation: string;
  readonly service: string;
  readonly feed: string;
  readonly receivedAt: string;
}

const checks = new Map<string, TypeCheck<TObject>>();
const checkOf = (definition: EventTypeDefinition): TypeCheck<TObject> => {
  let check = checks.get(definition.type);
  if (!check) checks.set(definition.type, (check = TypeCompiler.Compile(definition.schema)));
  return check;
};

/** The body by sealed part, and the names of the fields present in each. */
const splitBody = (definition: EventTypeDefinition, body: Readonly<Record<string, unknown>>) => {
  const parts: Partial<Record<Part, Record<string, unknown>>> = {};
  for (const [name, value] of Object.entries(body)) {
    const { part } = (definition.fields as Record<string, { part: Part }>)[name]!;
    (parts[part] ??= {})[name] = value;
  }
  const fields: Partial<Record<Part, string[]>> = {};
  for (const part of PARTS) if (parts[part]) fields[part] = Object.keys(parts[part]).sort();
  return { parts, fields };
};

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;

interface Pending {
  readonly path: string;
  readonly draft: ContributionDraft;
  readonly cause?: { readonly field: string; readonly reason: string };
}

/**
 * Turns the items of one submission into final bytes, once: keys for what they name, HMACs under those references'
 * secrets, the envelope, the sealed parts. What does not fit its event type becomes a quarantined item.
 */
export class ItemSealer {
  private keys: Promise<SubmissionKeys> | undefined;
  private keysStaged = false;
  private itemNo = 0;

  constructor(
    private readonly facts: SubmissionFacts,
    private readonly references: ReferenceTable,
    private readonly keyService: KeyService,
  ) {}

  /** Rows for these items, in order, with the submission's keys the first time. */
  async seal(items: readonly FeedItem[]): Promise<Chunk> {
    const pending = items.flatMap((item) => this.pendingOf(item));
    const wanted = pending.flatMap(({ draft }) =>
      draft.resolve ? [draft.subject, draft.resolve.reference] : [draft.subject],
    );
    const known = await this.references.ensure(this.facts.organisation, wanted);
    this.keys ??= this.createKeys();
    const keys = await this.keys;
    const rows: InboxItem[] = [];
    for (const one of pending) rows.push(await this.sealOne(one, known, keys));
    const first = !this.keysStaged && rows.length > 0;
    if (first) this.keysStaged = true;
    return { items: rows, keys: first ? keys.rows : [] };
  }

  private pendingOf(item: FeedItem): Pending[] {
    if (item.ok) return item.contributions.map((draft) => this.admit(item.path, draft));
    const quarantined = this.quarantine(item.field, item.reason, item.raw);
    if (!item.suspends) return [quarantined];
    const { subject, recordKey } = item.suspends;
    const suspension: ContributionDraft = {
      subject,
      type: 'disclosure-suspended',
      recordType: 'disclosure-suspended',
      recordKey: `${recordKey}/suspended`,
      ancestors: [recordKey],
      rank: { by: 'append', value: this.facts.receivedAt },
      about: 'child',
      occurred: { from: this.facts.receivedAt, precision: 'exact' },
      body: {},
    };
    return [quarantined, { path: item.field, draft: suspension }];
  }

  /** A contribution whose body does not fit its event type, or is too large, becomes a quarantined item. */
  private admit(path: string, draft: ContributionDraft): Pending {
    const body = draft.resolve ? { ...draft.body, [draft.resolve.field]: '' } : draft.body;
    const check = checkOf(getEventType(draft.type));
    if (!check.Check(body)) {
      const place = [...check.Errors(body)][0]?.path.replaceAll('/', '.') ?? '';
      return this.quarantine(`${path}${place}`, 'not-allowed', draft.body);
    }
    const length = Buffer.byteLength(canonicalText(body));
    return length > MAX_BODY_BYTES ? this.quarantine(path, 'too-large', null) : { path, draft };
  }

  private quarantine(field: string, reason: string, raw: unknown): Pending {
    const whole = canonicalText(raw ?? null);
    const text = whole.slice(0, MOST_RAW).toWellFormed();
    return {
      path: field,
      cause: { field, reason },
      draft: {
        subject: {
          kind: 'quarantine',
          system: this.facts.feed,
          localId: createHash('sha256')
            .update(canonicalText([field, reason, whole]))
            .digest('hex'),
        },
        type: 'quarantine-opened',
        recordType: 'quarantine-opened',
        recordKey: 'quarantine',
        ancestors: [],
        rank: { by: 'append', value: '0' },
        about: 'child',
        occurred: { precision: 'unknown' },
        body: { feed: this.facts.feed, field, reason, raw: text },
      },
    };
  }

  private async createKeys(): Promise<SubmissionKeys> {
    return createSubmissionKeys(this.facts.submissionId, [
      await this.keyService.publicKeyOf(`org:${this.facts.organisation}`),
      await this.keyService.publicKeyOf('hub'),
    ]);
  }

  private async sealOne(
    one: Pending,
    known: (reference: Reference) => KnownReference,
    keys: SubmissionKeys,
  ): Promise<InboxItem> {
    const { draft } = one;
    const definition = getEventType(draft.type);
    const body: Record<string, unknown> = { ...draft.body };
    if (draft.resolve) body[draft.resolve.field] = known(draft.resolve.reference).key;
    const subject = known(draft.subject);
    const { parts, fields } = splitBody(definition, body);
    const tier = higherTier(definition.tierFloor, draft.tier ?? 'contact');
    const bodyHmac = hmacHex(
      subject.secret,
      'body',
      canonicalText(
        defined({
          type: draft.type,
          recordType: draft.recordType,
          about: draft.about,
          tier,
          regime: draft.regime,
          occurred: defined({ ...draft.occurred }),
          ended: draft.ended,
          facts: [...(draft.facts ?? [])].sort(),
          body,
        }),
      ),
    );
    const pathHmac = (path: string) => hmacHex(subject.secret, 'record', `${this.facts.feed}\n${path}`);
    const key = rankKey(draft.rank.by, draft.rank.value);
    const recordKey = pathHmac(draft.recordKey);
    const id = contributionId({
      organisation: this.facts.organisation,
      feed: this.facts.feed,
      recordKey,
      subjectKey: subject.key,
      rank: key,
      body: bodyHmac,
    });
    const envelope: Envelope = defined({
      v: 1 as const,
      contributionId: id,
      subject: { kind: draft.subject.kind, key: subject.key },
      type: draft.type,
      schemaVersion: definition.schemaVersion,
      recordType: draft.recordType,
      owner: { organisation: this.facts.organisation, service: this.facts.service },
      sender: this.facts.sender,
      originatorConfirmed: true,
      record: { key: recordKey, ancestors: draft.ancestors.map(pathHmac), body: bodyHmac },
      rank: { feed: this.facts.feed, by: draft.rank.by, value: draft.rank.value, key },
      about: draft.about,
      tier,
      regime: draft.regime ?? 'uk-gdpr',
      occurred: defined({ ...draft.occurred }),
      ended: draft.ended as string,
      agencyKnew: draft.agencyKnew as string,
      hubReceived: this.facts.receivedAt,
      fields,
      facts: [...(draft.facts ?? [])].sort(),
    });
    const sealed = sealContribution({ envelope, parts, submissionKeys: keys });
    this.itemNo += 1;
    return {
      itemNo: this.itemNo,
      path: one.path,
      contributionId: id,
      subjectKind: draft.subject.kind,
      subjectKey: subject.key,
      bytes: sealed.bytes,
      field: one.cause?.field ?? null,
      reason: one.cause?.reason ?? null,
      dataKeys: sealed.dataKeys,
    };
  }
}
