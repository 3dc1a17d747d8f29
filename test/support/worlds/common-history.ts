import type { ContributionDraft, Reference } from '#intake';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { instantsRound } from './agreements.js';
import { CAST, type CastOrganisation } from './cast.js';
import { closingItems, markItems, placeOf, releaseItems } from './decisions.js';
import type { Surroundings } from './hidden.js';
import {
  confirmationItem,
  entryItem,
  namingItem,
  relationItem,
  retractionOf,
  unreadableItem,
  versionOf,
  type WorldChild,
} from './records.js';
import { READ_AT, draftsOf, type WorldItem, type WorldViewer } from './world.js';

/** The viewer's relation to the child, made on his organisation's own record or on the number alone; or none. */
export const relationOf = (
  random: SeededRandom,
  child: WorldChild,
  organisation: CastOrganisation,
  viewer: WorldViewer,
  own: Reference,
  others: readonly { readonly organisation: CastOrganisation; readonly reference: Reference }[],
): { readonly kind: string; readonly items: readonly WorldItem[] } => {
  if (random.chance(0.015)) return { kind: '', items: [] };
  const { kind, by } = random.pick(organisation.relations);
  const { before: long, after } = instantsRound(random);
  const before = random.chance(0.985) ? (openSince(random, kind) ?? long) : long;
  const reference: Reference = random.chance(0.2)
    ? { kind: 'child', system: 'nhs-number', localId: child.nhsNumber }
    : own;
  const item = relationItem(child, organisation, viewer.service, reference, 'of the viewer', {
    kind,
    workerId: by === 'worker' ? viewer.workerId : null,
    from: before,
    until: random.chance(0.5) ? null : random.chance(0.985) ? after : before,
  });
  const unreadable = random.chance(0.015) ? [suspensionOf(random, item)] : [];
  const ending = random.chance(0.02) ? [endOf(item)] : [];
  const words = confirmationsOf(random, organisation, viewer, kind, before, others);
  return { kind, items: [item, ...unreadable, ...ending, ...words] };
};

/** When an encounter or a contact was opened that may still be open; nothing for other kinds. */
const openSince = (random: SeededRandom, kind: string): string | undefined => {
  if (kind === 'presenting')
    return random.pick(random.chance(0.05) ? ['2025-12-18T09:00:00.000Z'] : ['2025-12-18T09:00:00.001Z', READ_AT]);
  if (kind === 'triage')
    return random.pick(random.chance(0.05) ? ['2025-12-15T23:59:59.999Z'] : ['2025-12-16T00:00:00.000Z', READ_AT]);
  return undefined;
};

/** What others say of the relation, people or records: of use as a rule, or of none for one reason or another. */
const confirmationsOf = (
  random: SeededRandom,
  organisation: CastOrganisation,
  viewer: WorldViewer,
  kind: string,
  from: string,
  others: readonly { readonly organisation: CastOrganisation; readonly reference: Reference }[],
): readonly WorldItem[] => {
  if (kind !== 'on-roll' && kind !== 'registered') return [];
  if (random.chance(0.15)) return [];
  const by = random.pick(others);
  const says = {
    organisation: random.chance(0.9) ? organisation.id : 'SCHOOL-02',
    service: random.chance(0.5) ? null : random.chance(0.9) ? viewer.service : 'another',
    relation: random.chance(0.95) ? kind : kind === 'on-roll' ? 'registered' : 'on-roll',
    at: random.chance(0.95) ? from : new Date(Date.parse(from) - 1).toISOString(),
    ...(random.chance(0.05) ? { confirmer: 'somebody else' } : {}),
  };
  const service = Object.keys(by.organisation.services)[0]!;
  const item = random.chance(0.4)
    ? namingItem(by.organisation, service, by.reference, 'of the relation', {
        organisation: says.organisation,
        kind: says.relation,
        from: random.chance(0.95) ? from : instantsRound(random).after,
        until: random.chance(0.9) ? null : random.pick([READ_AT, instantsRound(random).after]),
      })
    : confirmationItem(by.organisation, service, by.reference, 'of the relation', says);
  if (random.chance(0.07)) return [{ ...item, pending: true }];
  if (random.chance(0.07)) return [item, { ...retractionAtOnce(item), pending: random.chance(0.5) }];
  return [item];
};

/** Whoever said it takes it back. */
const retractionAtOnce = (item: WorldItem): WorldItem => {
  const { subject, recordKey, recordType } = draftsOf(item)[0]!;
  const back: ContributionDraft = {
    subject,
    type: 'entry-retracted',
    recordType,
    recordKey,
    ancestors: [],
    rank: { by: 'sequence', value: '2' },
    about: 'child',
    occurred: { from: READ_AT, precision: 'exact' },
    body: {},
  };
  return { ...item, label: `${item.label}, taken back`, item: { ok: true, path: 'back', contributions: [back] } };
};

/** The relation ends now; the hub has accepted that and not projected it yet. */
const endOf = (relation: WorldItem): WorldItem => {
  const draft = draftsOf(relation)[0]!;
  const rank = { by: 'sequence', value: '2' } as const;
  const ended = { ...draft, rank, body: { ...draft.body, until: READ_AT } };
  return {
    ...relation,
    label: `${relation.label}, ended`,
    item: { ok: true, path: 'ended', contributions: [ended] },
    pending: true,
  };
};

/** What may become of an entry of the common history; most just stand. */
const FATES = [
  ...Array<'stands'>(6).fill('stands'),
  'told otherwise later',
  'told otherwise at once',
  'told again',
  'told again, perhaps not projected',
  'withdrawn',
  'not projected',
  'closed by what is not projected',
  'closed by what is not projected',
  'suspended',
  'closed by its owner',
  'closed by its owner',
  'marked by its owner',
  'marked by its owner',
  'released by its owner',
  'released by its owner',
  'released by its owner',
] as const;

export const historyOf = (random: SeededRandom, surroundings: Surroundings, name: string): WorldItem[] => {
  const { child, references, viewer } = surroundings;
  const fate = random.pick(FATES);
  // What is one's own needs no release.
  const place = random.chance(fate === 'released by its owner' ? 0.05 : 0.35)
    ? references.find(({ organisation }) => organisation.id === viewer.organisation)!
    : random.pick(references);
  const own = place.organisation.id === viewer.organisation;
  const service = own && random.chance(0.7) ? viewer.service : random.pick(Object.keys(place.organisation.services));
  const item = entryItem(random, child, place.organisation, service, place.reference, name, {
    ...(fate === 'released by its owner' ? { tier: random.pick(['originator', 'originator', 'special']) } : {}),
  });
  const rank = Number(draftsOf(item)[0]!.rank.value);
  switch (fate) {
    case 'stands':
      return [item];
    case 'told otherwise later':
      return [item, versionOf(random, item, rank + 1, { says: 'said otherwise later' })];
    case 'told otherwise at once':
      return [item, versionOf(random, item, rank, { says: 'said otherwise at once' })];
    case 'told again':
      return [item, versionOf(random, item, rank + 1)];
    case 'told again, perhaps not projected':
      return [item, { ...versionOf(random, item, rank + 1), pending: random.chance(0.5) }];
    case 'withdrawn': {
      const path = random.pick(['case-1', `case-1/${name}`]);
      return [item, retractionOf(random, item, path, rank - random.pick([0, 0, 1]))];
    }
    case 'not projected':
      return [{ ...item, pending: true }];
    case 'closed by what is not projected': {
      const tier = random.pick(['originator', 'originator', 'special'] as const);
      return [item, { ...versionOf(random, item, rank + 1, { tier }), pending: true }];
    }
    case 'suspended':
      return [item, suspensionOf(random, item)];
    case 'marked by its owner':
      return [item, ...markItems(random, child, item, placeOf(item, references), name)];
    case 'released by its owner':
      return [item, ...releaseItems(random, child, viewer, item, placeOf(item, references), name, random.chance(0.8))];
    case 'closed by its owner': {
      const other = random.pick(CAST);
      const by = placeOf(item, references);
      return [item, ...closingItems(random, child, viewer, item, by, other, name, random.chance(0.5))];
    }
  }
};

/** A later item about the same record that could not be read in full. */
export const suspensionOf = (random: SeededRandom, item: WorldItem): WorldItem => {
  const { subject, recordKey } = draftsOf(item)[0]!;
  return unreadableItem(random, item.sender, recordKey, { subject, recordKey });
};
