import { within } from '../observability/within.js';

/** What a process may need in order to answer. */
export const CHECK_NAMES = ['database', 'bus', 'event-store', 'projection', 'keys'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Why a process does not answer: what is missing, or that it is about to end. */
export type NotReady = CheckName | 'draining';

/** One thing that a process needs in order to answer. It resolves to false, or rejects, when that is not there. */
export interface HealthCheck {
  /** For operators, never for the caller of the public API. */
  readonly name: CheckName;
  check(): Promise<boolean>;
}

/** Whether a process can answer now. */
export class Readiness {
  private draining = false;

  /** A check that takes longer than `longestMs` counts as failed. */
  constructor(
    private readonly checks: readonly HealthCheck[],
    private readonly longestMs = 2000,
  ) {}

  /** From now on the process is not ready, whatever the checks say. */
  drain(): void {
    this.draining = true;
  }

  /** Each reason once, in the order of `CHECK_NAMES`; empty when the process is ready. */
  async missing(): Promise<readonly NotReady[]> {
    const answers = await Promise.all(this.checks.map((one) => within(this.longestMs, () => one.check(), false)));
    const failed = CHECK_NAMES.filter((name) => this.checks.some((one, i) => one.name === name && !answers[i]));
    return this.draining ? [...failed, 'draining'] : failed;
  }
}
