import { ABOUT, getEventType, type Occurred, type Tier } from '#contracts';
import type { ContributionDraft, Reference } from '#intake';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { FACTS } from './agreements.js';
import type { CastOrganisation } from './cast.js';
import { READ_AT, type Sender, type WorldItem } from './world.js';

/** The child of a world: numbers and names that no other world has. */
export interface WorldChild {
  /** In front of every id of this world. */
  readonly prefix: string;
  readonly nhsNumber: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string;
}

/** When things were received, before the read. */
const RECEIVED = ['2025-11-28T09:00:00.000Z', '2025-12-18T16:00:00.000Z'] as const;
/** Few, so that entries tie; some a look-back to the day before the read, one in summer time. */
const OCCURRED: readonly Occurred[] = [
  { from: '2023-12-18', precision: 'day' },
  { from: '2024-12-19', precision: 'day' },
  { from: '2025-06-10', precision: 'day' },
  { from: '2025-11-20', precision: 'day' },
  { from: '2025-11-20', precision: 'day' },
  { from: '2025-11-20T14:05:00.000Z', precision: 'exact' },
  { from: '2025-11', precision: 'month' },
  { from: '2025-12-03', to: '2025-12-05', precision: 'range' },
  { from: '2025-12-10', precision: 'about' },
  { precision: 'unknown' },
];
const SENT_TIERS: readonly Tier[] = ['contact', 'contact', 'ordinary', 'special'];
/** Fields that say who the child is: they stand in records of personal details alone, and are the same in all. */
const PERSON = ['givenName', 'familyName', 'sex', 'birthDate', 'expectedBirthDate', 'formerUpn'];

/** When people and agreements were told of: together, as their feeds send them. */
const SETTLED = RECEIVED[0];

export const receivedAt = (random: SeededRandom): string => random.pick(RECEIVED);

export const senderOf = (organisation: CastOrganisation, service: string, feed = `${service}-records`): Sender => ({
  organisation: organisation.id,
  service,
  feed,
  client: `${organisation.id}-${feed}`.toLowerCase(),
});

export const caseReference = (child: WorldChild, organisation: CastOrganisation, nth = 1): Reference => ({
  kind: 'child',
  system: 'case',
  localId: `${child.prefix}-${organisation.id}-${String(nth)}`,
});

export const itemOf = (
  label: string,
  sender: Sender,
  received: string,
  draft: ContributionDraft,
  pending = false,
): WorldItem => ({
  label,
  sender,
  receivedAt: received,
  item: { ok: true, path: label, contributions: [draft] },
  pending,
});

const traced = (child: WorldChild) => [{ kind: 'nhs-number', value: child.nhsNumber, status: 'traced' }];

/** A body in the shape of the type's example, with fewer fields. */
const bodyOf = (random: SeededRandom, type: string, child: WorldChild, says: string): Record<string, unknown> => {
  const { example } = getEventType(type) as { example: Record<string, unknown> };
  const body = Object.entries(example)
    .filter(([name]) => name !== 'identifiers' && !PERSON.includes(name))
    .filter(() => random.chance(0.75))
    .map(([name, value]) => [name, typeof value === 'string' && !/^\d/.test(value) ? `${value} (${says})` : value]);
  return { ...Object.fromEntries(body), identifiers: traced(child) };
};

/** How demographics of one reference are given: those of the child, another given name, or none. */
export type Told = 'same' | 'other-name' | 'none';

const person = (random: SeededRandom, child: WorldChild, told: Told): Record<string, unknown> =>
  told === 'none'
    ? {}
    : {
        givenName: told === 'same' ? child.givenName : `${child.givenName}ie`,
        familyName: child.familyName,
        ...(random.chance(0.8) ? { birthDate: child.birthDate } : {}),
      };

/** The record that names the child to the hub: without one a reference has no verified identifier. */
export const identityItem = (
  random: SeededRandom,
  child: WorldChild,
  organisation: CastOrganisation,
  service: string,
  reference: Reference,
  told: Told,
  change: Partial<ContributionDraft> = {},
): WorldItem => {
  const recordKey = `P-${reference.localId}`;
  return itemOf(`${organisation.id} names the child`, senderOf(organisation, service), receivedAt(random), {
    subject: reference,
    type: 'personal-details',
    recordType: 'personal.details',
    recordKey,
    ancestors: [],
    rank: { by: 'version', value: '1' },
    about: 'child',
    tier: 'contact',
    occurred: random.pick(OCCURRED),
    body: { ...bodyOf(random, 'personal-details', child, 'as named'), ...person(random, child, told) },
    ...change,
  });
};

/** One dated record about the child or somebody near, as a feed of this service sends it. */
export const entryItem = (
  random: SeededRandom,
  child: WorldChild,
  organisation: CastOrganisation,
  service: string,
  reference: Reference,
  name: string,
  change: Partial<ContributionDraft> = {},
): WorldItem => {
  const [type, recordType] = random.pick(Object.entries(organisation.records)) as [string, string];
  const occurred = random.pick(OCCURRED);
  return itemOf(`${organisation.id}.${service} ${type} ${name}`, senderOf(organisation, service), receivedAt(random), {
    subject: reference,
    type,
    recordType,
    recordKey: `case-1/${name}`,
    ancestors: ['case-1'],
    rank: { by: 'version', value: String(random.between(2, 5)) },
    about: random.chance(0.75) ? 'child' : random.pick(ABOUT.slice(1)),
    tier: random.pick(SENT_TIERS),
    occurred,
    ...(random.chance(0.2) ? { ended: random.pick(['2024-12-19', '2025-11-19', '2025-12-12']) } : {}),
    ...(random.chance(0.3) ? { agencyKnew: '2025-11-27T08:00:00.000Z' } : {}),
    facts: random.chance(0.2) ? [random.pick(FACTS)] : [],
    body: bodyOf(random, type, child, name),
    ...change,
  });
};

/** The same record at another rank; another body where `says` is given. */
export const versionOf = (
  random: SeededRandom,
  item: WorldItem,
  rank: number,
  { says, ...change }: Partial<ContributionDraft> & { readonly says?: string } = {},
): WorldItem => {
  const draft = (item.item as { contributions: readonly ContributionDraft[] }).contributions[0]!;
  const body = says === undefined ? draft.body : { ...draft.body, ...otherWords(draft, says) };
  return itemOf(`${item.label}, version ${String(rank)}${says ? ` (${says})` : ''}`, item.sender, receivedAt(random), {
    ...draft,
    rank: { by: 'version', value: String(rank) },
    // Not every type has a text to say otherwise; the regime is part of what is compared.
    ...(says === undefined ? {} : { regime: draft.regime === 'dpa-part3' ? 'uk-gdpr' : 'dpa-part3' }),
    ...change,
    body,
  });
};

/** Every text of a body in other words; something of it at least. */
const otherWords = (draft: ContributionDraft, says: string): Record<string, unknown> => {
  const fields = getEventType(draft.type).fields as Record<string, { part: string }>;
  const texts = Object.keys(draft.body).filter((name) => fields[name]?.part === 'content');
  return Object.fromEntries(
    texts
      .filter((name) => typeof draft.body[name] === 'string' && !/^\d/.test(draft.body[name]))
      .map((name) => [name, says]),
  );
};

/** The source withdraws a path, up to a rank. */
export const retractionOf = (random: SeededRandom, item: WorldItem, path: string, rank: number): WorldItem => {
  const draft = (item.item as { contributions: readonly ContributionDraft[] }).contributions[0]!;
  return itemOf(`${item.label}, ${path} withdrawn at ${String(rank)}`, item.sender, receivedAt(random), {
    subject: draft.subject,
    type: 'entry-retracted',
    recordType: 'entry-retracted',
    recordKey: path,
    ancestors: [],
    rank: { by: 'version', value: String(rank) },
    about: 'child',
    occurred: { from: READ_AT, precision: 'exact' },
    body: {},
  });
};

/** A later item of the same feed that could not be read in full: until that is mended, what it names is suspended. */
export const unreadableItem = (
  random: SeededRandom,
  sender: Sender,
  name: string,
  suspends?: { readonly subject: Reference; readonly recordKey: string },
): WorldItem => ({
  label: `${sender.organisation}.${sender.service} unreadable ${name}`,
  sender,
  receivedAt: receivedAt(random),
  item: {
    ok: false,
    field: `records[${String(random.between(0, 9))}].from`,
    reason: 'not-an-instant',
    raw: { name, says: 'a day that is none' },
    ...(suspends ? { suspends } : {}),
  },
  pending: false,
});

/** A relation of a worker, or of a whole service, to the child. */
export const relationItem = (
  child: WorldChild,
  organisation: CastOrganisation,
  service: string,
  reference: Reference,
  name: string,
  relation: {
    readonly kind: string;
    readonly workerId: string | null;
    readonly from: string;
    readonly until: string | null;
  },
): WorldItem => {
  const sender = senderOf(organisation, service, 'staff');
  return itemOf(`${organisation.id}.${service} ${relation.kind} ${name}`, sender, SETTLED, {
    subject: reference,
    type: 'relation',
    recordType: 'relation',
    recordKey: `relation/${name}`,
    ancestors: [],
    rank: { by: 'sequence', value: '1' },
    about: 'child',
    occurred: { from: relation.from, precision: 'exact' },
    body: {
      identifiers:
        reference.system === 'nhs-number' ? [{ kind: 'nhs-number', value: child.nhsNumber, status: 'asserted' }] : [],
      relation: relation.kind,
      service,
      from: relation.from,
      until: relation.until,
    },
    ...(relation.workerId === null
      ? {}
      : { resolve: { field: 'staffKey', reference: staffReference(relation.workerId) } }),
  });
};

/** A record of one organisation says that the child is on the roll of another, or registered there. */
export const namingItem = (
  organisation: CastOrganisation,
  service: string,
  reference: Reference,
  name: string,
  says: {
    readonly organisation: string;
    readonly kind: string;
    readonly from: string;
    readonly until: string | null;
  },
): WorldItem =>
  itemOf(`${organisation.id} records ${says.kind} ${name}`, senderOf(organisation, service, 'staff'), SETTLED, {
    subject: reference,
    type: 'relation',
    recordType: 'relation',
    recordKey: `relation/named ${name}`,
    ancestors: [],
    rank: { by: 'sequence', value: '1' },
    about: 'child',
    occurred: { from: says.from, precision: 'exact' },
    body: {
      identifiers: [],
      relation: says.kind,
      service,
      organisation: says.organisation,
      from: says.from,
      until: says.until,
    },
  });

/** A person of one organisation says that another has the relation that it says it has. */
export const confirmationItem = (
  organisation: CastOrganisation,
  service: string,
  reference: Reference,
  name: string,
  says: {
    readonly organisation: string;
    readonly service: string | null;
    readonly relation: string;
    readonly at: string;
    /** Whose name it bears, where that is not the sender's. */
    readonly confirmer?: string;
  },
): WorldItem => {
  const client = `${organisation.id}-worker`.toLowerCase();
  const sender = { ...senderOf(organisation, service, 'hub-commands'), client };
  return itemOf(`${organisation.id} confirms ${says.relation} ${name}`, sender, SETTLED, {
    subject: reference,
    type: 'relation-confirmed',
    recordType: 'relation-confirmed',
    recordKey: `relation-confirmation/${name}`,
    ancestors: [],
    rank: { by: 'sequence', value: '1' },
    about: 'child',
    occurred: { from: says.at, precision: 'exact' },
    body: {
      confirmation: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
      confirmer: client,
      reason: 'spoke with them',
      ...says,
    },
  });
};

export const staffReference = (workerId: string): Reference => ({ kind: 'staff', system: 'staff', localId: workerId });

export const postItem = (
  organisation: CastOrganisation,
  post: { readonly workerId: string; readonly login: string; readonly service: string; readonly role: string },
): WorldItem =>
  itemOf(`${organisation.id} post of ${post.login}`, senderOf(organisation, post.service, 'staff'), SETTLED, {
    subject: staffReference(post.workerId),
    type: 'staff-post',
    recordType: 'staff-post',
    recordKey: `staff/${post.workerId}/post`,
    ancestors: [],
    rank: { by: 'sequence', value: '1' },
    about: 'child',
    occurred: { from: '2025-09-01T00:00:00.000Z', precision: 'exact' },
    body: {
      login: post.login,
      name: null,
      organisationKind: organisation.kind,
      service: post.service,
      role: post.role,
      from: '2025-09-01T00:00:00.000Z',
      until: null,
    },
  });

/** A version of an agreement as people bring one in, and signatures under it. */
export interface Signed {
  readonly id: string;
  readonly version: string;
  readonly document: object;
  /** Whom a notice says to ring, where the document does not say. */
  readonly desk: string | null;
  readonly signatures: readonly {
    readonly organisation: CastOrganisation;
    readonly signer: string;
    readonly from: string;
  }[];
}

/** Gives the id of the contribution that an item becomes. */
export type Seal = (item: WorldItem) => Promise<string>;

/** A signature is sent by the very person who signs, and names the very document. Nothing where nobody signs. */
export const agreementItems = async (child: WorldChild, signed: Signed, seal: Seal): Promise<WorldItem[]> => {
  const { version, signatures } = signed;
  const id = `${child.prefix}-${signed.id}`;
  const occurred: Occurred = { from: SETTLED, precision: 'exact' };
  const subject: Reference = {
    kind: 'agreement',
    organisation: 'hub',
    system: 'agreements',
    localId: id.toLowerCase(),
  };
  const item = (
    { organisation, signer }: Signed['signatures'][number],
    label: string,
    draft: Pick<ContributionDraft, 'type' | 'recordType' | 'recordKey' | 'body'>,
  ): WorldItem => {
    const sender = { ...senderOf(organisation, 'governance', 'hub-commands'), client: signer };
    const common = { subject, ancestors: [], about: 'child', rank: { by: 'sequence', value: '1' }, occurred } as const;
    return itemOf(label, sender, SETTLED, { ...common, ...draft });
  };
  const [first] = signatures;
  if (!first) return [];
  const document = item(first, `document ${signed.id}/${version}`, {
    type: 'agreement-document',
    recordType: 'agreement-document',
    recordKey: `document/${version}`,
    body: {
      agreement: id,
      version,
      shape: 'schema' in signed.document ? 'agreement/1' : 'dfe-policy',
      document: JSON.stringify(signed.document),
      desk: signed.desk,
    },
  });
  const documentId = await seal(document);
  const adoptions = signatures.map((signature) => {
    const { organisation, signer, from } = signature;
    return item(signature, `${organisation.id} signs ${signed.id}/${version} (${signer})`, {
      type: 'agreement-adoption',
      recordType: 'agreement-adoption',
      recordKey: `adoption/${version}/${from}/${organisation.id}/${signer}`,
      body: { agreement: id, version, organisation: organisation.id, document: documentId, signer, inForceFrom: from },
    });
  });
  return [document, ...adoptions];
};
