import { canonicalText, getEventType } from '#contracts';
import type { ContributionDraft, Reference } from '#intake';
import { tierOf, type OwnerPlace } from './clause-oracle.js';
import { READ_AT, recordName, type WorldItem } from './world.js';

/** When every question is asked. */
export const AT = Date.parse(READ_AT);

export interface Told {
  readonly item: WorldItem;
  readonly draft: ContributionDraft;
  readonly owner: OwnerPlace;
}

/** A version of a record that stands. */
export interface Standing extends Told {
  readonly record: string;
  /** What holds its body: it gives the entry its id. */
  readonly holder: WorldItem;
  readonly receivedFirst: string;
  readonly suspended: boolean;
}

export const toldOf = (item: WorldItem): Told[] =>
  item.item.ok
    ? item.item.contributions.map((draft) => ({
        item,
        draft,
        owner: { organisation: item.sender.organisation, service: item.sender.service },
      }))
    : [];

const said = new WeakMap<ContributionDraft, string>();

/** Two versions say the same when all that is compared of them is the same. */
export const saysOf = ({ draft }: Told): string => {
  const known = said.get(draft);
  if (known !== undefined) return known;
  const { type, recordType, about, regime, occurred, ended, body, resolve } = draft;
  const facts = [...(draft.facts ?? [])].sort();
  const named = resolve ? { [resolve.field]: resolve.reference.localId } : {};
  const all = { type, recordType, about, tier: tierOf(draft), occurred, facts, body: { ...body, ...named } };
  const text = canonicalText({ ...all, ...(ended ? { ended } : {}), ...(regime ? { regime } : {}) });
  said.set(draft, text);
  return text;
};

const rankOf = ({ draft }: Told): number => Number(draft.rank.value);
export const referenceName = (organisation: string, { kind, system, localId }: Reference): string =>
  JSON.stringify([organisation, kind, system, localId]);
const pathsOf = ({ draft }: Told): string[] => [draft.recordKey, ...draft.ancestors];

/** The highest rank of each record; equal rank and other content both; nothing that was withdrawn up to its rank. */
export const standingOf = (items: readonly WorldItem[]): Standing[] => {
  const told = items.flatMap(toldOf);
  const scope = ({ item, draft }: Told): string =>
    JSON.stringify([
      item.sender.feed,
      referenceName(draft.subject.organisation ?? item.sender.organisation, draft.subject),
    ]);
  const withdrawals = told.filter(({ draft }) => draft.type === 'entry-retracted');
  const suspensions = items.flatMap(({ item, sender, receivedAt }) =>
    !item.ok && item.suspends?.subject
      ? [
          {
            ...item.suspends,
            scope: JSON.stringify([sender.feed, referenceName(sender.organisation, item.suspends.subject)]),
            receivedAt,
          },
        ]
      : [],
  );
  const versions = told.filter(({ draft }) => draft.type !== 'entry-retracted');
  return [...Map.groupBy(versions, ({ item }) => recordName(item))].flatMap(([record, ofRecord]) => {
    const top = Math.max(...ofRecord.map(rankOf));
    const current = ofRecord.filter((one) => rankOf(one) === top);
    return [...Map.groupBy(current, saysOf)].flatMap(([says, alike]): Standing[] => {
      const one = alike[0]!;
      const isWithdrawn = withdrawals.some(
        (other) => scope(other) === scope(one) && rankOf(other) >= top && pathsOf(one).includes(other.draft.recordKey),
      );
      if (isWithdrawn) return [];
      const sameBody = ofRecord.filter((other) => saysOf(other) === says);
      // What is filed again is a confirmation of the first that said so; what is pending stands for itself.
      const holder = one.item.pending ? one.item : sameBody.find(({ item }) => !item.pending)!.item;
      return [
        {
          ...one,
          record,
          holder,
          receivedFirst: sameBody.map(({ item }) => item.receivedAt).sort()[0]!,
          suspended: suspensions.some(
            (other) =>
              other.scope === scope(one) &&
              pathsOf(one).includes(other.recordKey) &&
              other.receivedAt >= one.item.receivedAt,
          ),
        },
      ];
    });
  });
};

export const isContent = ({ draft }: Told): boolean => getEventType(draft.type).kind === 'content';
