import { getEventType } from '#contracts';
import type { ContributionDraft, Reference } from '#intake';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { instantsRound, SANITISED_TEXT } from './agreements.js';
import type { CastOrganisation } from './cast.js';
import { itemOf, senderOf, staffReference, type WorldChild } from './records.js';
import { draftsOf, type WorldDecision, type WorldItem, type WorldParty, type WorldViewer } from './world.js';

const SETTLED = '2025-11-28T09:00:00.000Z';

/** A service of an organisation that knows the child by a reference. */
export interface DecidingPlace {
  readonly organisation: CastOrganisation;
  readonly service: string;
  readonly reference: Reference;
}

/** Names a decision for good; another one for every name. */
const directiveOf = (name: string): string =>
  `2f6a1f4e-0b57-4a6e-9d0e-${[...name]
    .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffffffff, 7)
    .toString(16)
    .padStart(12, '0')}`;

/** What people of a service record in the hub itself. */
const hubItem = (
  { organisation, service, reference }: DecidingPlace,
  label: string,
  draft: Pick<ContributionDraft, 'type' | 'recordKey' | 'body'>,
  rank = 1,
): WorldItem => {
  const sender = {
    ...senderOf(organisation, service, 'hub-commands'),
    client: `${organisation.id}-${service}-worker`.toLowerCase(),
  };
  return itemOf(`${organisation.id}.${service} ${draft.type} ${label}`, sender, SETTLED, {
    subject: reference,
    recordType: draft.type,
    ancestors: [],
    rank: { by: 'sequence', value: String(rank) },
    about: 'child',
    occurred: { from: SETTLED, precision: 'exact' },
    ...draft,
  });
};

/** What people of a service decide about what it recorded. The sealer writes into it what names records and people. */
export const decisionItem = (
  child: WorldChild,
  place: DecidingPlace,
  type: string,
  name: string,
  decision: WorldDecision,
  body: Readonly<Record<string, unknown>>,
): WorldItem => {
  const directive = directiveOf(`${child.prefix}/${type}/${name}`);
  const recordKey = `directive/${directive}`;
  return { ...hubItem(place, name, { type, recordKey, body: { directive, ...body } }), decision };
};

/** Whoever made it ends it. */
export const liftOf = (decision: WorldItem): WorldItem => {
  const [draft] = draftsOf(decision) as [ContributionDraft];
  const { recordKey, recordType, subject } = draft;
  const lift: ContributionDraft = {
    ...draft,
    subject,
    type: 'entry-retracted',
    recordType,
    recordKey,
    rank: { by: 'sequence', value: '2' },
    body: {},
  };
  return itemOf(`${decision.label}, lifted`, decision.sender, SETTLED, lift);
};

export const placeOf = (
  item: WorldItem,
  references: readonly { readonly organisation: CastOrganisation; readonly reference: Reference }[],
): DecidingPlace => {
  const { organisation } = references.find((one) => one.organisation.id === item.sender.organisation)!;
  return { organisation, service: item.sender.service, reference: draftsOf(item)[0]!.subject };
};

/** The viewer, by name or as one of many; or somebody else of his service or elsewhere. */
const randomParty = (
  random: SeededRandom,
  viewer: WorldViewer,
  other: CastOrganisation,
  isViewer: boolean,
): WorldParty => {
  const { organisation, service, workerId } = viewer;
  if (isViewer)
    return {
      organisation,
      service: random.chance(0.5) ? service : null,
      workerId: random.chance(0.5) ? workerId : null,
    };
  return random.chance(0.5)
    ? { organisation, service, workerId: `${workerId}-colleague` }
    : { organisation: other.id, service: random.pick(Object.keys(other.services)), workerId: null };
};

const randomUntil = (random: SeededRandom): string | null => {
  const { before, after } = instantsRound(random);
  return random.pick([null, null, after, before]);
};

/** A restriction or an exclusion of one record, or of all of its service's; lifted again now and then. */
export const closingItems = (
  random: SeededRandom,
  child: WorldChild,
  viewer: WorldViewer,
  of: WorldItem,
  place: DecidingPlace,
  other: CastOrganisation,
  name: string,
  isViewerNamed: boolean,
): WorldItem[] => {
  const type = random.pick(['restriction-made', 'exclusion-made']);
  const who = [randomParty(random, viewer, other, isViewerNamed)];
  const decision = { of: random.chance(0.8) ? of : null, who, until: randomUntil(random) };
  const made = decisionItem(child, place, type, name, decision, {
    until: decision.until,
    reason: 'Agreed with the family',
  });
  if (random.chance(0.7)) return [random.chance(0.15) ? { ...made, pending: true } : made];
  return [made, { ...liftOf(made), pending: random.chance(0.4) }];
};

/** What an owner releases of one version of one record to one person: in time and in a role that may, as a rule. */
export const releaseItems = (
  random: SeededRandom,
  child: WorldChild,
  viewer: WorldViewer,
  of: WorldItem,
  place: DecidingPlace,
  name: string,
  isToViewer: boolean,
): WorldItem[] => {
  const { before, after } = instantsRound(random);
  const until = random.chance(0.92) ? after : before;
  const { organisation, service, workerId } = viewer;
  const person = { organisation, service, workerId: isToViewer ? workerId : `${workerId}-colleague` };
  const own = Object.entries(getEventType(draftsOf(of)[0]!.type).fields as Record<string, { part: string }>).flatMap(
    ([field, { part }]) =>
      part === 'content' && random.chance(0.6) ? [field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)] : [],
  );
  const hasText = random.chance(0.6);
  const fields = hasText ? [...own, SANITISED_TEXT] : own;
  const made = decisionItem(
    child,
    place,
    'release-made',
    name,
    { of, who: [person], until, fields },
    {
      byRole: random.pick(place.organisation.roles),
      fields,
      until,
      sanitisedText: hasText ? 'Visit in pairs' : null,
      reason: 'For the strategy discussion',
    },
  );
  if (random.chance(0.8)) return [random.chance(0.1) ? { ...made, pending: true } : made];
  return [made, { ...liftOf(made), pending: random.chance(0.5) }];
};

/** Consent, the young person's decision, or significant harm, as a service recorded it; once more otherwise, perhaps. */
export const recordedItems = (random: SeededRandom, place: DecidingPlace, name: string): WorldItem[] => {
  const type = random.pick([
    'processing-consent-recorded',
    'young-person-decision-recorded',
    'significant-harm-recorded',
  ]);
  const { example } = getEventType(type) as { example: Record<string, unknown> };
  const by = random.pick(['young-person', 'parental-responsibility']);
  const says = (): Record<string, unknown> => {
    const yes = random.chance(0.7);
    switch (type) {
      case 'processing-consent-recorded':
        return { decision: yes ? 'given' : 'withdrawn', by, until: randomUntil(random) };
      case 'young-person-decision-recorded':
        return { agreed: yes, competent: random.chance(0.8) };
      default:
        return { stands: yes };
    }
  };
  // A service's own, as those that its people make in the hub are.
  const recordKey = `recorded/${type}/${place.service}/${by}/${name}`;
  const item = (rank: number) => hubItem(place, name, { type, recordKey, body: { ...example, ...says() } }, rank);
  const first = item(1);
  if (random.chance(0.6)) return [random.chance(0.15) ? { ...first, pending: true } : first];
  return [first, { ...item(2), pending: random.chance(0.4) }];
};

/** Who must not be told of one record, or of all that a service recorded; lifted again now and then. */
export const markItems = (
  random: SeededRandom,
  child: WorldChild,
  of: WorldItem,
  place: DecidingPlace,
  name: string,
): WorldItem[] => {
  const said = random.pick([
    { allCarers: true, adult: null, agency: null },
    { allCarers: false, adult: 'The mother’s partner', agency: null },
    { allCarers: true, adult: null, agency: 'SCHOOL-02' },
  ]);
  const named = [...(said.allCarers ? ['all-carers'] : []), said.adult, said.agency].filter((one) => one !== null);
  const handling = named.map((one) => `do-not-inform:${one}`);
  const decision = { of: random.chance(0.7) ? of : null, who: [], until: null, handling };
  const made = decisionItem(child, place, 'do-not-inform-marked', name, decision, {
    ...said,
    reason: 'It would put the child at risk',
  });
  if (random.chance(0.7)) return [random.chance(0.2) ? { ...made, pending: true } : made];
  return [made, { ...liftOf(made), pending: random.chance(0.5) }];
};

const MADE_BETWEEN = '2025-12-01T09:00:00.000Z';

/** A guardian closes the whole child to somebody: between the first and the last that was received. */
export const childClosingItems = (
  random: SeededRandom,
  child: WorldChild,
  viewer: WorldViewer,
  place: DecidingPlace,
  other: CastOrganisation,
  name: string,
  isViewerNamed: boolean,
  records: readonly WorldItem[] = [],
): WorldItem[] => {
  const who = [randomParty(random, viewer, other, isViewerNamed)];
  const view = random.pick(['cover', 'cover', 'frozen'] as const);
  const opened = random.pick(['2025-11-28T09:00:00.000Z', '2025-11-28T08:59:59.999Z', '2025-12-02T09:00:00.000Z']);
  const cover = {
    view,
    seen: [{ workerId: viewer.workerId, at: opened }],
    withhold: random.some(['carer', 'sibling', 'household-adult'], 0, 3),
    records: records.length > 0 && random.chance(0.3) ? [random.pick(records)] : [],
  };
  const decision = { of: null, who, until: randomUntil(random), cover };
  const made = decisionItem(child, place, 'child-exclusion-made', name, decision, {
    view,
    withhold: cover.withhold,
    until: decision.until,
    reason: 'The allegation is against somebody of this team',
  });
  const dated = { ...made, receivedAt: MADE_BETWEEN };
  if (random.chance(0.8)) return [random.chance(0.15) ? { ...dated, pending: true } : dated];
  return [dated, { ...liftOf(made), receivedAt: MADE_BETWEEN, pending: random.chance(0.5) }];
};

/** Somebody else opens what emergency clauses name of this child: now, or some while ago. */
export const emergencyItem = (
  random: SeededRandom,
  child: WorldChild,
  { organisation, service }: Omit<DecidingPlace, 'reference'>,
  of: WorldItem | null,
  name: string,
): WorldItem => {
  const type = 'emergency-access-opened';
  const { example } = getEventType(type) as { example: Record<string, unknown> };
  const access = directiveOf(`${child.prefix}/${type}/${name}`);
  const [from, until] = random.pick([
    ['2025-12-19T08:30:00.000Z', '2025-12-19T10:30:00.000Z'],
    ['2025-12-01T08:30:00.000Z', '2025-12-01T10:30:00.000Z'],
  ]);
  const body = {
    ...example,
    access,
    handle: directiveOf(`${child.prefix}/handle/${name}`),
    role: random.pick(organisation.roles),
    from,
    until,
    described: { kind: 'nhs-number', value: child.nhsNumber },
  };
  const reference = staffReference(`${child.prefix}-${name}`);
  const item = hubItem({ organisation, service, reference }, name, { type, recordKey: `emergency/${access}`, body });
  return { ...item, decision: { of, who: [], until } };
};
