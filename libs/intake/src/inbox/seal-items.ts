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
import type { ContributionDraft, FeedItem, RecordPlace, Reference, Suspends } from '../feed.js';
import type { Chunk, InboxItem } from './inbox.js';
import type { KnownPlace, KnownReference, RecordName, ReferenceTable } from './reference-table.js';

/** At most this many final bytes a contribution, on every engine. */
export const MAX_CONTRIBUTION_BYTES = 900 * 1024;
/** Its plain body at most: base64 of the sealed parts adds a third, the envelope at most 16 KiB. */
const MAX_BODY_BYTES = ((MAX_CONTRIBUTION_BYTES - 16 * 1024) * 3) / 4;

/** Of a quarantined item, at most so many bytes of its JSON text as it is written in the body, escaped once more. */
const MAX_RAW_BYTES = 256 * 1024;

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

/** UTF-8 bytes of a code point of well-formed text inside a JSON string. */
const escapedBytes = (character: string): number => {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return '\b\t\n\f\r'.includes(character) ? 2 : 6;
  if (code < 0x80) return character === '"' || character === '\\' ? 2 : 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
};

/** The beginning of a well-formed text that takes at most so many UTF-8 bytes inside a JSON string. */
const cutEscaped = (text: string, most: number): string => {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += escapedBytes(character);
    if (bytes > most) return text.slice(0, end);
    end += character.length;
  }
  return text;
};

/** JSON text of an item as sent. Half a surrogate pair, which has no canonical form, is written as an escape. */
const textOf = (raw: unknown): string => {
  try {
    return canonicalText(raw ?? null).toWellFormed();
  } catch {
    return (JSON.stringify(raw) ?? 'null').toWellFormed();
  }
};

/** A draft whose subject may be known by its key alone. */
interface Pending {
  readonly path: string;
  readonly draft: Omit<ContributionDraft, 'subject'> & { readonly subject: Reference | KnownSubject };
  readonly cause?: { readonly field: string; readonly reason: string };
}

interface KnownSubject {
  readonly kind: Reference['kind'];
  readonly known: KnownReference;
}

/** An item on its way: what is known of it before its records' earlier subjects are. */
interface OpenItem {
  readonly item: FeedItem;
  readonly pending: readonly Pending[];
  /** What it is where its record is with nobody. */
  readonly otherwise: readonly Pending[];
}

const suspendedBy = (item: FeedItem): Suspends | undefined => (item.ok ? undefined : item.suspends);

interface TakenAway {
  readonly subject: KnownReference;
  readonly rank: RecordPlace['rank'];
}

/**
 * Retractions by which a record is with one subject at a time, in whatever order its versions come: of what lower ranks
 * said of others, and of what this one says where a higher one named another already. Each is at the rank of what it
 * takes away, so that it takes nothing of a later version. A withdrawal is on all, at its own rank. Equal ranks that
 * name different subjects stand side by side, as any two versions of equal rank do; ranks of different kinds are no
 * order over each other.
 */
const takenAway = (place: RecordPlace, own: KnownReference | null, found: readonly KnownPlace[]): TakenAway[] => {
  const key = rankKey(place.rank.by, place.rank.value);
  if (!own) return found.flatMap(({ subject }) => (subject ? [{ subject, rank: place.rank }] : []));
  const ordered = found.filter(({ rank }) => rank.key[0] === key[0]);
  const [ofOwn, others] = [
    ordered.filter(({ subject }) => subject?.key === own.key),
    ordered.filter(({ subject }) => subject?.key !== own.key),
  ];
  const isLatestOfOwn = ofOwn.every(({ rank }) => rank.key <= key);
  const isOutdone = others.some(({ subject, rank }) => (subject ? rank.key > key : rank.key >= key));
  return [
    ...others.flatMap(({ subject, rank }) =>
      subject && rank.key < key ? [{ subject, rank: { by: rank.by, value: rank.value } }] : [],
    ),
    ...(isLatestOfOwn && isOutdone ? [{ subject: own, rank: place.rank }] : []),
  ];
};

const retraction = (place: RecordPlace, known: KnownReference, rank: RecordPlace['rank']): Pending['draft'] => ({
  subject: { kind: 'child', known },
  type: 'entry-retracted',
  recordType: place.recordType,
  recordKey: place.recordKey,
  ancestors: [],
  rank,
  about: 'child',
  occurred: { precision: 'unknown' },
  body: {},
});

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
    const open = items.map((item) => this.openItem(item));
    const wanted = open.flatMap(({ item, pending, otherwise }) => [
      ...(item.place?.subject ? [item.place.subject] : []),
      ...[...pending, ...otherwise].flatMap(({ draft }) => [
        draft.subject,
        ...(draft.resolve ? [draft.resolve.reference] : []),
      ]),
    ]);
    const byReference = await this.references.ensure(
      this.facts.organisation,
      wanted.filter((subject): subject is Reference => !('known' in subject)),
    );
    const known = (subject: Reference | KnownSubject) => ('known' in subject ? subject.known : byReference(subject));
    const pending = await this.withPlaces(open, known);
    this.keys ??= this.createKeys();
    const keys = await this.keys;
    const rows: InboxItem[] = [];
    const sealed = new Map<string, InboxItem>();
    for (const one of pending) {
      const row = this.sealOne(one, known, keys, sealed);
      if (!sealed.has(row.contributionId)) sealed.set(row.contributionId, row);
      rows.push(row);
    }
    const first = !this.keysStaged && rows.length > 0;
    if (first) this.keysStaged = true;
    return { items: rows, keys: first ? keys.rows : [] };
  }

  private openItem(item: FeedItem): OpenItem {
    const { field, reason, raw } = (item.ok && item.ifWithNobody) || {};
    const otherwise = field === undefined ? [] : [this.quarantine(field, reason!, raw)];
    return { item, pending: this.pendingOf(item), otherwise };
  }

  private pendingOf(item: FeedItem): Pending[] {
    if (item.ok) return item.contributions.flatMap((draft) => this.admit(item.path, draft));
    const quarantined = this.quarantine(item.field, item.reason, item.raw);
    const { subject, recordKey } = item.suspends ?? {};
    return subject ? [quarantined, this.suspend(item.field, { subject, recordKey: recordKey! })] : [quarantined];
  }

  /** Everything of these items, with what they do to the subjects that their records were with before. */
  private async withPlaces(open: readonly OpenItem[], known: (subject: Reference) => KnownReference) {
    const nameOf = (one: Pick<RecordPlace, 'recordKey' | 'system'>): RecordName => ({ ...one, feed: this.facts.feed });
    const namesOf = ({ item }: OpenItem) => [item.place, suspendedBy(item)].filter((one) => one !== undefined);
    const found = await this.references.place(
      this.facts.submissionId,
      this.facts.organisation,
      open.flatMap(namesOf).map(nameOf),
      open.flatMap(({ item: { place } }) =>
        place ? [{ name: nameOf(place), key: place.subject ? known(place.subject).key : null, rank: place.rank }] : [],
      ),
    );
    return open.flatMap(({ item, pending, otherwise }): Pending[] => {
      const { place } = item;
      const path = item.ok ? item.path : item.field;
      const named = new Set(pending.map(({ draft }) => ('known' in draft.subject ? '' : known(draft.subject).key)));
      const others = (one: Pick<RecordPlace, 'recordKey' | 'system'>) =>
        found(nameOf(one)).filter(({ subject }) => subject === null || !named.has(subject.key));
      const own = place?.subject ? known(place.subject) : null;
      const taken = place ? takenAway(place, own, own ? found(nameOf(place)) : others(place)) : [];
      const suspends = suspendedBy(item);
      const suspended = new Map(
        (suspends ? others(suspends) : []).flatMap(({ subject }) => (subject ? [[subject.key, subject]] : [])),
      );
      const all = [
        ...pending,
        ...taken.map(({ subject, rank }) => ({ path, draft: retraction(place!, subject, rank) })),
        ...[...suspended.values()].map((one) =>
          this.suspend(path, { subject: { kind: 'child', known: one }, recordKey: suspends!.recordKey }),
        ),
      ];
      return all.length > 0 ? all : [...otherwise];
    });
  }

  private suspend(path: string, { subject, recordKey }: Pick<Pending['draft'], 'subject' | 'recordKey'>): Pending {
    const suspension: Pending['draft'] = {
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
    return { path, draft: suspension };
  }

  /**
   * A contribution whose body does not fit its event type, or is too large, becomes a quarantined item. One that may
   * narrow what is seen suspends its record as well.
   */
  private admit(path: string, draft: ContributionDraft): Pending[] {
    const definition = getEventType(draft.type);
    const body = draft.resolve ? { ...draft.body, [draft.resolve.field]: '' } : draft.body;
    const check = checkOf(definition);
    const narrows = definition.kind === 'disclosure' || draft.tier !== undefined || (draft.facts ?? []).length > 0;
    const refused = (quarantined: Pending) =>
      narrows ? [quarantined, this.suspend(quarantined.path, draft)] : [quarantined];
    if (!check.Check(body)) {
      const place = [...check.Errors(body)][0]?.path.replaceAll('/', '.') ?? '';
      return refused(this.quarantine(`${path}${place}`, 'not-allowed', draft.body));
    }
    const length = Buffer.byteLength(canonicalText(body));
    return length > MAX_BODY_BYTES ? refused(this.quarantine(path, 'too-large', null)) : [{ path, draft }];
  }

  private quarantine(field: string, reason: string, raw: unknown): Pending {
    const whole = textOf(raw);
    const text = cutEscaped(whole, MAX_RAW_BYTES);
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

  /** A contribution among those `sealed` is not sealed again: it has their bytes, whose data keys are there already. */
  private sealOne(
    one: Pending,
    known: (subject: Reference | KnownSubject) => KnownReference,
    keys: SubmissionKeys,
    sealed: ReadonlyMap<string, InboxItem>,
  ): InboxItem {
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
    this.itemNo += 1;
    const place = {
      itemNo: this.itemNo,
      path: one.path,
      field: one.cause?.field ?? null,
      reason: one.cause?.reason ?? null,
    };
    const first = sealed.get(id);
    if (first) return { ...first, ...place, dataKeys: [] };
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
    const { bytes, dataKeys } = sealContribution({ envelope, parts, submissionKeys: keys });
    return {
      ...place,
      contributionId: id,
      subjectKind: draft.subject.kind,
      subjectKey: subject.key,
      bytes,
      dataKeys,
    };
  }
}
