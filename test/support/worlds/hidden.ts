import type { ContributionDraft, FeedItem, Reference } from '#intake';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { FACTS, randomAgreement, type AgreementSetting } from './agreements.js';
import { CAST, type CastOrganisation } from './cast.js';
import {
  childClosingItems,
  closingItems,
  emergencyItem,
  markItems,
  placeOf,
  recordedItems,
  releaseItems,
} from './decisions.js';
import {
  agreementItems,
  caseReference,
  entryItem,
  identityItem,
  relationItem,
  retractionOf,
  unreadableItem,
  versionOf,
  type Seal,
  type WorldChild,
} from './records.js';
import type { WorldItem, WorldViewer } from './world.js';

/** Why something is hidden, as it was meant; the rules decide whether it is. */
export const HIDING = [
  'tier originator',
  'tier sealed',
  'no permit',
  'about another person',
  'hidden service',
  'a reference of another organisation',
  'a reference under another name',
  'an agreement of others',
  'a relation of others',
  'a quarantined item',
  'versions of a hidden record',
  'a superseded version',
  'a withdrawal that comes too late',
  'a version of equal rank',
  'a restriction or exclusion by another service',
  'a release to somebody else',
  'consent, agreement or harm that another service recorded',
  'a mark on what does not show',
  'a child closed to somebody else',
  'an access in an emergency by somebody else',
] as const;
export type Hiding = (typeof HIDING)[number];

/** What one world holds and the other does not. */
export interface HiddenGroup {
  readonly reason: Hiding;
  readonly items: readonly WorldItem[];
  /** Place of each among the common history, from 0 to 1. */
  readonly places: readonly number[];
}

/** The setting of a world, in which something may be hidden. */
export interface Surroundings {
  readonly child: WorldChild;
  readonly viewer: WorldViewer;
  readonly references: readonly { readonly organisation: CastOrganisation; readonly reference: Reference }[];
  readonly setting: AgreementSetting;
}

interface Place {
  readonly organisation: CastOrganisation;
  readonly service: string;
  readonly reference: Reference;
}

const placeIn = (random: SeededRandom, { references }: Surroundings): Place => {
  const { organisation, reference } = random.pick(references);
  return { organisation, reference, service: random.pick(Object.keys(organisation.services)) };
};

/** Another organisation comes to know the child: the record that names him, then perhaps more. */
const newReference = (
  random: SeededRandom,
  surroundings: Surroundings,
  name: string,
  told: 'same' | 'other-name' | 'none',
): WorldItem[] => {
  const { child, references } = surroundings;
  const newcomers = CAST.filter(({ id }) => references.every(({ organisation }) => organisation.id !== id));
  const organisation = random.pick(newcomers);
  const service = random.pick(Object.keys(organisation.services));
  const reference = caseReference(child, organisation);
  const tier = random.pick(['contact', 'originator', 'sealed'] as const);
  const more = Array.from({ length: random.between(0, 2) }, (_, i) =>
    entryItem(random, child, organisation, service, reference, `${name}-${String(i)}`, { facts: [] }),
  );
  return [identityItem(random, child, organisation, service, reference, told, { tier }), ...more];
};

/** A record of somebody else's, told several times: out of order, in conflict, confirmed, withdrawn. */
const manyVersions = (random: SeededRandom, surroundings: Surroundings, name: string): WorldItem[] => {
  const { organisation, service, reference } = placeIn(random, surroundings);
  const tier = random.pick(['originator', 'sealed'] as const);
  const first = entryItem(random, surroundings.child, organisation, service, reference, name, { tier, facts: [] });
  const second = versionOf(random, first, 7, { says: 'in another version' });
  return random.some(
    [
      first,
      second,
      versionOf(random, first, 7),
      versionOf(random, first, 8),
      retractionOf(random, first, random.pick([`case-1/${name}`, name]), random.between(5, 8)),
    ],
    2,
    5,
  );
};

/** An item of a feed that could not be read in full; one of a relation suspends it. */
const quarantined = (random: SeededRandom, surroundings: Surroundings, name: string): WorldItem[] => {
  const { child } = surroundings;
  const { organisation, service, reference } = placeIn(random, surroundings);
  const relation = relationItem(child, organisation, service, reference, name, {
    kind: random.pick(organisation.relations).kind,
    workerId: `${child.prefix}-${name}`,
    from: '2025-10-01T00:00:00.000Z',
    until: null,
  });
  const suspends = random.chance(0.7) ? { subject: reference, recordKey: `relation/${name}` } : undefined;
  const bad = unreadableItem(random, relation.sender, `${child.prefix} ${name}`, suspends);
  return random.chance(0.6) ? [relation, bad] : [bad];
};

/** An agreement that others adopt, or one person alone signs; or another document of the one in force, signed by nobody. */
const agreementOfOthers = async (
  random: SeededRandom,
  surroundings: Surroundings,
  name: string,
  seal: Seal,
): Promise<WorldItem[]> => {
  const { child, setting } = surroundings;
  const isUnsigned = random.chance(0.25);
  const id = isUnsigned ? 'core' : `other-${name}`;
  const document = randomAgreement(random, `${child.prefix}-${id}`, '1', setting, { permits: 2, existence: 1 });
  const signers = random.pick([['first'], ['first', 'second']]);
  const signatures = random.some(CAST, 1, 2).flatMap((organisation) =>
    signers.map((signer) => ({
      organisation,
      signer: `${organisation.id}-${signer}`,
      from: '2025-12-01T00:00:00.000Z',
    })),
  );
  const items = await agreementItems(child, { id, version: '1', document, desk: null, signatures }, seal);
  return isUnsigned ? items.slice(0, 1) : items;
};

/** Entries of the common history that have content: what versions and withdrawals may be about. */
const recordsAmong = (common: readonly WorldItem[]): (WorldItem & { item: FeedItem & { ok: true } })[] =>
  common.filter(
    (item): item is WorldItem & { item: FeedItem & { ok: true } } =>
      item.item.ok && item.item.contributions[0]!.recordKey.startsWith('case-1/') && !item.pending,
  );

const itemsOf = (
  random: SeededRandom,
  reason: Hiding,
  surroundings: Surroundings,
  name: string,
  common: readonly WorldItem[],
  seal: Seal,
): WorldItem[] | Promise<WorldItem[]> => {
  const { child, viewer } = surroundings;
  const entry = (change: Partial<ContributionDraft>, place = placeIn(random, surroundings)): WorldItem =>
    entryItem(random, child, place.organisation, place.service, place.reference, name, {
      facts: random.chance(0.3) ? [random.pick(FACTS)] : [],
      ...change,
    });
  const known = recordsAmong(common);
  switch (reason) {
    case 'tier originator':
      return [entry({ tier: 'originator' })];
    case 'tier sealed':
      return [entry({ tier: 'sealed' })];
    case 'no permit':
      return [entry({ about: 'child' })];
    case 'about another person':
      return [
        entry({ about: random.pick(['carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant']) }),
      ];
    case 'hidden service': {
      const places = surroundings.references.flatMap(({ organisation, reference }) =>
        Object.entries(organisation.services).flatMap(([service, openness]) =>
          openness === 'hidden' ? [{ organisation, reference, service }] : [],
        ),
      );
      return places.length === 0 ? newReference(random, surroundings, name, 'none') : [entry({}, random.pick(places))];
    }
    case 'a reference of another organisation':
      return newReference(random, surroundings, name, random.pick(['same', 'none']));
    case 'a reference under another name':
      return newReference(random, surroundings, name, 'other-name');
    case 'an agreement of others':
      return agreementOfOthers(random, surroundings, name, seal);
    case 'a relation of others': {
      const { organisation, service, reference } = placeIn(random, surroundings);
      const by = random.pick(organisation.relations);
      // A whole service's relation is the viewer's too where it is his own.
      const all = by.by === 'service' && (organisation.id !== viewer.organisation || service !== viewer.service);
      return [
        relationItem(child, organisation, service, reference, name, {
          kind: by.kind,
          workerId: all ? null : `${child.prefix}-${name}`,
          from: '2025-10-01T00:00:00.000Z',
          until: random.pick([null, '2025-11-01T00:00:00.000Z']),
        }),
      ];
    }
    case 'a quarantined item':
      return quarantined(random, surroundings, name);
    case 'versions of a hidden record':
      return manyVersions(random, surroundings, name);
    case 'a superseded version':
      return known.length === 0
        ? [entry({ tier: 'sealed' })]
        : [versionOf(random, random.pick(known), 1, { says: 'before', tier: random.pick(['contact', 'originator']) })];
    case 'a withdrawal that comes too late': {
      if (known.length === 0) return [entry({ tier: 'sealed' })];
      const item = random.pick(known);
      const path = random.pick(['case-1', item.item.contributions[0]!.recordKey]);
      return [retractionOf(random, item, path, 1)];
    }
    case 'a version of equal rank': {
      if (known.length === 0) return [entry({ tier: 'originator' })];
      const item = random.pick(known);
      const rank = Number(item.item.contributions[0]!.rank.value);
      const tier = random.pick(['originator', 'sealed'] as const);
      return [versionOf(random, item, rank, { says: 'for few eyes', tier })];
    }
    case 'consent, agreement or harm that another service recorded': {
      const place = placeIn(random, surroundings);
      const isOwn = place.organisation.id === viewer.organisation && place.service === viewer.service;
      return isOwn ? [entry({ tier: 'sealed' })] : recordedItems(random, place, name);
    }
    case 'an access in an emergency by somebody else':
      return [emergencyItem(random, child, placeIn(random, surroundings), known[0] ?? null, name)];
    case 'a child closed to somebody else': {
      const place = placeIn(random, surroundings);
      return childClosingItems(random, child, viewer, place, random.pick(CAST), name, false);
    }
    case 'a mark on what does not show': {
      const of = entry({ tier: random.pick(['originator', 'sealed']) });
      return [of, ...markItems(random, child, of, placeOf(of, surroundings.references), name)];
    }
    case 'a release to somebody else': {
      const of = entry({ tier: 'originator' });
      if (of.sender.organisation === viewer.organisation && of.sender.service === viewer.service) return [of];
      const by = placeOf(of, surroundings.references);
      return [of, ...releaseItems(random, child, viewer, of, by, name, random.chance(0.2))];
    }
    case 'a restriction or exclusion by another service': {
      // What his own service decides he may read.
      const others = known.filter(
        ({ sender }) => sender.organisation !== viewer.organisation || sender.service !== viewer.service,
      );
      const sealed = entry({ tier: random.pick(['originator', 'sealed']) });
      const of = others.length > 0 && random.chance(0.7) ? random.pick(others) : sealed;
      const isOwn = of.sender.organisation === viewer.organisation && of.sender.service === viewer.service;
      if (isOwn) return [of];
      const by = placeOf(of, surroundings.references);
      const closing = closingItems(random, child, viewer, of, by, random.pick(CAST), name, random.chance(0.3));
      return of === sealed ? [of, ...closing] : closing;
    }
  }
};

/** Something for one world alone, at random places, a part of it perhaps not yet projected. */
export const randomHidden = async (
  random: SeededRandom,
  surroundings: Surroundings,
  name: string,
  common: readonly WorldItem[],
  seal: Seal,
): Promise<HiddenGroup> => {
  const reason = random.pick(HIDING);
  const isLate = random.chance(0.25);
  const items = (await itemsOf(random, reason, surroundings, name, common, seal)).map((item) =>
    isLate && random.chance(0.7) ? { ...item, pending: true } : item,
  );
  return { reason, items, places: items.map(() => random.next()) };
};
