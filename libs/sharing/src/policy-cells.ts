import { fold } from './codes.js';
import { POLICY_MODES, type PolicyMode, type PolicyOrganisation, type PolicyRule } from './policy-document.js';
import type { Window } from './time.js';

/**
 * One rule less every rule that comes before it, as a product of lists: whoever is named in `destination`, for any
 * of these purposes, any of these record types, in this window. Codes are folded and sorted. Cells of one mode of an
 * organisation never overlap, so that at most one decides and their order does not matter.
 */
export interface PolicyCell {
  readonly mode: PolicyMode;
  readonly rule: PolicyRule;
  readonly recordTypes: readonly string[];
  readonly purposes: readonly string[];
  readonly destination: Destination;
  readonly window: Window;
}

/** Organisations by id unless of an excepted kind, or by kind unless excepted by id. */
export interface Destination {
  readonly by: 'organisation' | 'kind';
  readonly codes: readonly string[];
  /** Of the other sort: kinds where `by` is organisation, ids where it is kind. */
  readonly except: readonly string[];
}

interface Target {
  readonly by: 'organisation' | 'kind';
  readonly codes: ReadonlySet<string>;
}

/** A rule with neither ids nor kinds has no target and never matches, not even to deny. */
const targetOf = (rule: PolicyRule): Target | null =>
  rule.destOrgIds.length > 0
    ? { by: 'organisation', codes: new Set(rule.destOrgIds.map(fold)) }
    : rule.destOrgTypes.length > 0
      ? { by: 'kind', codes: new Set(rule.destOrgTypes.map(fold)) }
      : null;

interface Candidate {
  readonly rule: PolicyRule;
  readonly target: Target;
}

/** A destination once the ids and kinds that earlier rules decide are taken away; null where nothing is left. */
const less = (target: Target, decided: { organisations: Set<string>; kinds: Set<string> }): Destination | null => {
  const [same, other] =
    target.by === 'organisation' ? [decided.organisations, decided.kinds] : [decided.kinds, decided.organisations];
  const codes = [...target.codes].filter((code) => !same.has(code)).sort();
  return codes.length === 0 ? null : { by: target.by, codes, except: [...other].sort() };
};

interface Piece {
  readonly rule: PolicyRule;
  readonly destination: Destination;
  readonly window: Window;
}

/** First match among rules that differ in destination and validity alone, as pieces that never overlap. */
const piecesOf = (candidates: readonly Candidate[]): Piece[] => {
  const edges = [...new Set(candidates.flatMap(({ rule }) => [rule.valid.from, rule.valid.until]))].sort(
    (a, b) => a - b,
  );
  const open = new Map<string, Piece>();
  const done: Piece[] = [];
  for (let slab = 0; slab + 1 < edges.length; slab += 1) {
    const window = { from: edges[slab] as number, until: edges[slab + 1] as number };
    const decided = { organisations: new Set<string>(), kinds: new Set<string>() };
    for (const { rule, target } of candidates) {
      if (rule.valid.from > window.from || rule.valid.until < window.until) continue;
      const destination = rule.effect === 'allow' ? less(target, decided) : null;
      for (const code of target.codes) decided[target.by === 'organisation' ? 'organisations' : 'kinds'].add(code);
      if (!destination) continue;
      const key = JSON.stringify([rule.list, rule.index, destination]);
      const before = open.get(key);
      if (before?.window.until === window.from)
        open.set(key, { ...before, window: { from: before.window.from, until: window.until } });
      else {
        if (before) done.push(before);
        open.set(key, { rule, destination, window });
      }
    }
  }
  return [...done, ...open.values()];
};

const foldedUnique = (codes: readonly string[]): string[] => [...new Set(codes.map(fold))].sort();

/** Groups values by a key, in order of first appearance. */
const groupBy = <T>(items: readonly T[], key: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
};

/**
 * The policy of one organisation as permit-only cells. First-match (exceptions, then defaults, else deny) decides
 * the same as "is there a cell". A rule whose modes, record types or purposes are absent or empty never matches, as
 * in the prototype, where they are lists that hold nothing; nor does the prototype ask whether a rule's record type
 * is one that its organisation lists.
 */
export const cellsOf = (organisation: PolicyOrganisation): PolicyCell[] => {
  const candidates = organisation.rules.flatMap((rule) => {
    const target = targetOf(rule);
    return target ? [{ rule, target }] : [];
  });
  const modes = POLICY_MODES.filter((mode) => candidates.some(({ rule }) => rule.modes.includes(mode)));
  const atoms = modes.flatMap((mode) => {
    const inMode = candidates.filter(({ rule }) => rule.modes.includes(mode));
    return foldedUnique(inMode.flatMap(({ rule }) => rule.recordTypes)).flatMap((recordType) => {
      const ofType = inMode.filter(({ rule }) => rule.recordTypes.some((type) => fold(type) === recordType));
      return foldedUnique(ofType.flatMap(({ rule }) => rule.purposes)).flatMap((purpose) =>
        piecesOf(ofType.filter(({ rule }) => rule.purposes.some((each) => fold(each) === purpose))).map((piece) => ({
          ...piece,
          mode,
          recordType,
          purpose,
        })),
      );
    });
  });
  // Pieces that differ in purpose alone become one, then those that differ in record type alone.
  return groupBy(atoms, ({ mode, rule, destination, window }) =>
    JSON.stringify([mode, rule.list, rule.index, destination, String(window.from), String(window.until)]),
  ).flatMap((alike) =>
    groupBy(
      groupBy(alike, ({ recordType }) => recordType).map((ofType) => ({
        recordType: (ofType[0] as (typeof alike)[number]).recordType,
        purposes: foldedUnique(ofType.map(({ purpose }) => purpose)),
      })),
      ({ purposes }) => JSON.stringify(purposes),
    ).map((rows) => {
      const { mode, rule, destination, window } = alike[0] as (typeof alike)[number];
      return {
        mode,
        rule,
        destination,
        window,
        recordTypes: rows.map(({ recordType }) => recordType).sort(),
        purposes: rows[0]?.purposes ?? [],
      };
    }),
  );
};
