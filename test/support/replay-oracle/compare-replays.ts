import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { viewAt, type OracleViewer, type OracleView } from './replay-oracle.js';
import type { Told } from './told.js';

/** One question of a replay. */
export interface Asked {
  readonly viewer: OracleViewer;
  readonly child: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An entry as a replay gives it. */
export interface ReplayedEntry {
  readonly id: string;
  readonly facets: readonly string[];
}

export type Replayer = (asked: Asked) => Promise<readonly ReplayedEntry[]>;

/** Instants at which something turns, each one millisecond early too, and instants between. */
const instantsOf = (told: readonly Told[]): number[] => {
  const turns = told.flatMap(({ said, accepted, filed }) => [
    accepted.at,
    ...(filed ? [filed.at] : []),
    ...('inForceFrom' in said ? [Date.parse(said.inForceFrom)] : []),
    ...('from' in said ? [Date.parse(said.from), ...(said.to === null ? [] : [Date.parse(said.to)])] : []),
  ]);
  return [...new Set(turns.flatMap((at) => [at - 1, at]))];
};

/** Random questions up to an instant: a share of them at a turn. */
export const randomQuestions = (
  random: SeededRandom,
  told: readonly Told[],
  viewers: readonly OracleViewer[],
  children: readonly string[],
  count: number,
  until: number,
  atTurns = 0.5,
): Asked[] => {
  const turns = instantsOf(told).filter((at) => at <= until);
  const first = Math.min(...told.map(({ accepted }) => accepted.at));
  return Array.from({ length: count }, () => ({
    viewer: random.pick(viewers),
    child: random.pick(children),
    at: random.chance(atTurns) ? random.pick(turns) : random.between(first, until),
  }));
};

/** Every question to which the fold would answer something else over another history, at the instants when anything came. */
export const tellingQuestions = (
  told: readonly Told[],
  viewers: readonly OracleViewer[],
  children: readonly string[],
  other: (at: number) => { readonly told: readonly Told[]; readonly at: number },
): Asked[] => {
  const instants = told.flatMap(({ accepted, filed }) => [accepted.at, ...(filed ? [filed.at] : [])]);
  return [...new Set(instants.flatMap((at) => [at - 1, at]))].flatMap((at) => {
    const changed = other(at);
    return viewers.flatMap((viewer) =>
      children
        .filter(
          (child) =>
            textOf(viewAt(told, viewer, child, at)) !== textOf(viewAt(changed.told, viewer, child, changed.at)),
        )
        .map((child) => ({ viewer, child, at })),
    );
  });
};

const textOf = (view: OracleView): string =>
  JSON.stringify(
    [...view].sort(([a], [b]) => (a < b ? -1 : 1)).map(([record, facets]) => [record, [...facets].sort()]),
  );

export interface Disagreement extends Asked {
  readonly expected: string;
  readonly replayed: string;
}

/** Where a replay and the independent fold do not show the same facets of the same records, up to so many places. */
export const disagreements = async (
  told: readonly Told[],
  questions: readonly Asked[],
  replay: Replayer,
  most = Infinity,
): Promise<Disagreement[]> => {
  const recordOf = new Map(
    told.flatMap(({ id, said }) => (said.kind === 'record' ? [[id, said.record] as const] : [])),
  );
  const found: Disagreement[] = [];
  for (const asked of questions) {
    if (found.length >= most) break;
    const entries = await replay(asked);
    const replayed = textOf(new Map(entries.map(({ id, facets }) => [recordOf.get(id) ?? id, facets])));
    const expected = textOf(viewAt(told, asked.viewer, asked.child, asked.at));
    if (replayed !== expected) found.push({ ...asked, expected, replayed });
  }
  return found;
};
