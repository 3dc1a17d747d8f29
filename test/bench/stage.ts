import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import type { AppProcess } from './app-process.js';
import type { Cell, Measured } from './cells.js';
import type { Gate } from './gate.js';
import type { Goal, HttpGoal } from './goals.js';
import type { BenchOptions } from './options.js';
import type { ProfileSummary } from './profile.js';
import type { World } from './world.js';

/** One cell more, under the profiler. */
export interface ProfiledWork {
  readonly work: () => Promise<Measured>;
  /** Whose profile is taken: the hub's when absent. */
  readonly app?: AppProcess;
  readonly afterwards?: () => Promise<void>;
}

/** What a stage needs. */
export interface StageContext {
  readonly world: World;
  readonly options: BenchOptions;
  readonly random: SeededRandom;
  /** How long pgbench measures at a time. */
  readonly pgbenchSeconds: number;
  /** How long a cell may take: where the hub is slower than its size asks for, the cell gets smaller. */
  readonly cellSeconds: number;
  readonly say: (line: string) => void;
  /** Called for each answer. */
  readonly progress: () => void;
  readonly onCell: (goal: string, round: number, cell: Cell) => void;
  /** Does nothing, and asks for no work, where no profile is wanted. */
  readonly profile: (name: string, prepare: () => Promise<ProfiledWork>) => Promise<ProfileSummary | undefined>;
}

/** What a stage measured. */
export interface StageFigures {
  readonly goal: Goal | HttpGoal;
  readonly rounds: readonly (readonly Cell[])[];
  readonly gate: Gate;
  /** What was sent or read from, as a digest of it. */
  readonly input: { readonly events: number; readonly sha256: string };
  /** How the references differ from what they are held against. */
  readonly notes: readonly string[];
  readonly profile?: ProfileSummary;
  /** Why nothing was measured here, in a sentence: what it needs is not on this machine. */
  readonly absent?: string;
}

/** Requests of a cell, so that it fits in its time at the rate that was measured while warming up. */
export const fittingSize = (wanted: number, { rate }: Pick<Cell, 'rate'>, seconds: number, least: number): number =>
  Math.max(least, Math.min(wanted, Math.round(rate * seconds)));
