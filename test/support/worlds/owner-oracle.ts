import type { DfeOrganisation } from '../decision-oracle/dfe-oracle.js';
import type { WorldAgreement } from './agreements.js';
import type { Acting, OwnerPlace, Released } from './clause-oracle.js';
import { AT, isContent, saysOf, toldOf, type Standing, type Told } from './standing-oracle.js';
import { recordName, type WorldItem, type WorldViewer } from './world.js';

/** Gives the id of the contribution that an item became. */
export type IdOf = (item: WorldItem) => string;

const SIGNATURES = 2;

export interface InForce {
  readonly acting: Acting;
  readonly owners: readonly string[];
}

/**
 * Versions that two people of an owner signed for the same date, which has come; a later date takes over. An owner that
 * adopted what the hub does not hold is closed to others: it might have said so.
 */
export const agreementsInForce = (
  standing: readonly Standing[],
  idOf: IdOf,
): { readonly agreements: readonly InForce[]; readonly closed: ReadonlySet<string> } => {
  const bodies = (type: string): ({ readonly holds: string } & Readonly<Record<string, string>>)[] =>
    standing
      .filter(({ draft }) => draft.type === type)
      .map(({ draft, holder }) => ({ holds: idOf(holder), ...(draft.body as Record<string, string>) }));
  const signed = Map.groupBy(bodies('agreement-adoption'), (body) =>
    JSON.stringify([body['agreement'], body['organisation'], body['document'], body['inForceFrom']]),
  );
  const complete = [...signed.values()]
    .filter((signatures) => new Set(signatures.map(({ signer }) => signer)).size >= SIGNATURES)
    .map((signatures) => signatures[0]!)
    .filter((adoption) => Date.parse(adoption['inForceFrom']!) <= AT);
  const standingAdoptions = complete.filter(
    (one) =>
      !complete.some(
        (other) =>
          other['agreement'] === one['agreement'] &&
          other['organisation'] === one['organisation'] &&
          Date.parse(other['inForceFrom']!) > Date.parse(one['inForceFrom']!),
      ),
  );
  const documents = bodies('agreement-document');
  // People sign one very document.
  const isOf =
    ({ holds }: { holds: string }) =>
    (one: Record<string, string>) =>
      one['document'] === holds;
  const agreements = documents.flatMap((body): InForce[] => {
    const owners = standingAdoptions.filter(isOf(body)).map((one) => one['organisation']!);
    const document = JSON.parse(body['document']!) as unknown;
    const name = `${body['agreement']!}/${body['version']!}`;
    const acting: Acting =
      body['shape'] === 'agreement/1'
        ? { name, shape: 'agreement/1', document: document as WorldAgreement }
        : { name, shape: 'policy', document: document as DfeOrganisation };
    return owners.length > 0 ? [{ acting, owners }] : [];
  });
  const unknown = standingAdoptions.filter((adoption) => !documents.some((body) => isOf(body)(adoption)));
  return { agreements, closed: new Set(unknown.map((one) => one['organisation']!)) };
};

export const CLOSING = ['restriction-made', 'exclusion-made'];

const isNamedIn = (
  { item }: Standing,
  { organisation, service, workerId }: Pick<WorldViewer, 'organisation' | 'service' | 'workerId'>,
): boolean =>
  item.decision!.who.some(
    (one) =>
      one.organisation === organisation &&
      (one.service === null || one.service === service) &&
      (one.workerId === null || one.workerId === workerId),
  );

const isInTime = ({ item }: Standing): boolean => {
  const { until } = item.decision!;
  return until === null || AT < Date.parse(until);
};

/** Whether a decision is about a record: of the same service, and of that record or of all. */
const concerns = ({ item, owner: by }: Standing, { record, owner }: Standing): boolean => {
  const { of } = item.decision!;
  const isOfService = by.organisation === owner.organisation && by.service === owner.service;
  return isOfService && (of === null || recordName(of) === record);
};

/** What the owners' marks tell whoever reads a record. */
export const handlingOf = (near: readonly Standing[], standing: Standing): string[] =>
  near
    .filter(({ draft }) => draft.type === 'do-not-inform-marked')
    .filter((mark) => concerns(mark, standing))
    .flatMap(({ item }) => item.decision!.handling ?? []);

/**
 * Whether the owners of these records leave one of them open to this viewer: whom an exclusion names sees nothing of
 * it, his own service's included; of what is restricted others see only what names them.
 */
export const isLeftOpen = (near: readonly Standing[], viewer: WorldViewer, standing: Standing): boolean =>
  near
    .filter(({ draft }) => CLOSING.includes(draft.type))
    .filter((one) => concerns(one, standing) && isInTime(one))
    .every((one) => {
      const isNamed = isNamedIn(one, viewer);
      return one.draft.type === 'exclusion-made' ? !isNamed : isNamed || isOwn(viewer, standing.owner);
    });

interface ReleasedRecord extends Released {
  readonly owner: OwnerPlace;
  readonly isOf: (standing: Standing) => boolean;
}

/** What owners released to this viewer: of the very version that they meant, by a record on this child alone. */
export const releasesTo = (records: readonly Standing[], { organisation, workerId }: WorldViewer): ReleasedRecord[] =>
  records
    .filter(({ draft }) => draft.type === 'release-made')
    .filter(({ item }) =>
      item.decision!.who.some((one) => one.organisation === organisation && one.workerId === workerId),
    )
    .map(({ item, draft, owner }) => {
      const { of, until, fields } = item.decision!;
      const [released] = toldOf(of!);
      return {
        owner,
        byRole: draft.body['byRole'] as string,
        fields: fields!,
        from: Date.parse(item.receivedAt),
        until: Date.parse(until!),
        isOf: (standing) => standing.record === recordName(of!) && saysOf(standing) === saysOf(released!),
      };
    });

export const isOwn = (viewer: WorldViewer, owner: OwnerPlace): boolean =>
  owner.organisation === viewer.organisation && owner.service === viewer.service;

type Says = Readonly<Record<string, unknown>>;
const isGiven = ({ decision, until }: Says): boolean =>
  decision === 'given' && (until === null || AT < Date.parse(until as string));
/** What services record of consent, agreement and harm: the fact, by which records, and whether one of them says so. */
const RECORDED: readonly {
  readonly fact: string;
  readonly type: string;
  readonly counts?: (says: Says) => boolean;
  readonly saysSo: (says: Says) => boolean;
}[] = [
  { fact: 'consented', type: 'processing-consent-recorded', saysSo: isGiven },
  {
    fact: 'young-person-consented',
    type: 'processing-consent-recorded',
    counts: ({ by }) => by === 'young-person',
    saysSo: isGiven,
  },
  {
    fact: 'young-person-agreed',
    type: 'young-person-decision-recorded',
    saysSo: ({ agreed, competent }) => agreed === true && competent === true,
  },
  {
    fact: 'owner-recorded-significant-harm',
    type: 'significant-harm-recorded',
    saysSo: ({ stands }) => stands === true,
  },
];

/**
 * The facts among those that a service's feeds send, as its people recorded them: one is there where all that they say
 * of it says so, and something on the child itself does; what is said otherwise, or in doubt, takes it away.
 */
export const asRecorded = (
  sent: ReadonlySet<string>,
  { organisation, service }: OwnerPlace,
  near: readonly Standing[],
  ofChild: readonly Standing[],
): Set<string> => {
  const facts = new Set(sent);
  for (const { fact, type, counts = () => true, saysSo } of RECORDED) {
    const words = near.filter(
      ({ draft, owner }) =>
        draft.type === type && owner.organisation === organisation && owner.service === service && counts(draft.body),
    );
    if (words.length === 0) continue;
    facts.delete(fact);
    const isSaid = words.every(({ draft, suspended }) => !suspended && saysSo(draft.body));
    if (isSaid && words.some((one) => ofChild.includes(one))) facts.add(fact);
  }
  return facts;
};

const NEVER_LEFT = ['alleged-perpetrator', 'informant'];

const saysAlike = (item: WorldItem, told: Told): boolean =>
  toldOf(item).some((other) => saysOf(other) === saysOf(told));

/** What is left of a child to somebody to whom a guardian closed it. */
export interface LeftUnderCover {
  /** What he would be shown if these were all that is held, and all that was held then. */
  readonly held: readonly WorldItem[];
  readonly then: readonly WorldItem[];
  /** About whom nothing shows. */
  readonly withheld: ReadonlySet<string>;
}

/**
 * The cover view: what his own service had recorded before, less what is about him or his family, as if nothing else
 * were there. Where it is frozen, less what came after he last looked. Undefined where the child is not closed to him.
 */
export const leftUnderCover = (
  items: readonly WorldItem[],
  near: readonly Standing[],
  viewer: WorldViewer,
): LeftUnderCover | undefined => {
  const closing = near.filter(
    (one) => one.draft.type === 'child-exclusion-made' && isInTime(one) && isNamedIn(one, viewer),
  );
  if (closing.length === 0) return undefined;
  const covers = closing.map(({ item }) => item.decision!.cover!);
  const withheld = new Set([...NEVER_LEFT, ...covers.flatMap(({ withhold }) => withhold)]);
  const ends = closing.map(({ item }) => {
    const made = Date.parse(item.receivedAt);
    const { view, seen } = item.decision!.cover!;
    if (view === 'cover') return made;
    // Only who is named by himself is known to have looked.
    const isKnown = item.decision!.who.some(({ workerId }) => workerId === viewer.workerId);
    const looks = isKnown ? seen.map(({ at }) => Date.parse(at)) : [];
    return Math.min(made, Math.max(-Infinity, ...looks) + 1);
  });
  const before = Math.min(...ends);
  const isWithheld = (item: WorldItem): boolean => toldOf(item).some(({ draft }) => withheld.has(draft.about));
  const hidden = new Set([...covers.flatMap(({ records }) => records), ...items.filter(isWithheld)].map(recordName));
  const isLeft = (item: WorldItem): boolean => {
    const [told] = toldOf(item);
    const subject = told ? told.draft.subject : item.item.ok ? undefined : item.item.suspends?.subject;
    if (subject?.kind !== 'child') return true;
    if (item.sender.organisation !== viewer.organisation || told?.draft.type === 'child-exclusion-made') return false;
    // Of marks made since, readers are told nothing.
    if (told?.draft.type === 'do-not-inform-marked' && Date.parse(item.receivedAt) >= before) return false;
    return !told || !isContent(told) || (isOwn(viewer, told.owner) && !hidden.has(recordName(item)));
  };
  const held = items.filter(isLeft);
  const isReceived = ({ receivedAt }: WorldItem): boolean => Date.parse(receivedAt) < before;
  // What was filed first holds what it says for all that say the same: what came to be held later is not left.
  const isBefore = (item: WorldItem): boolean => {
    const [told] = toldOf(item);
    if (!told || !isContent(told)) return true;
    const holder = held.find((other) => !other.pending && recordName(other) === recordName(item) && saysAlike(other, told)); // prettier-ignore
    return isReceived(item) && (!holder || item.pending || isReceived(holder));
  };
  return { held, then: held.filter(isBefore), withheld };
};
