import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How the product is brought to a point. */
export type Drive = 'submission' | 'read' | 'rebuild';

/** Where a process ends by SIGKILL (or, at `store-before-answer`, where a connection of it does), and what is then on its way. */
export const CRASH_POINTS = {
  'door-before-accept': { drive: 'submission', where: 'a submission is staged, and not accepted' },
  'door-after-accept': { drive: 'submission', where: 'a submission is accepted, and not answered' },
  'relay-before-publish': { drive: 'submission', where: 'a submission is acknowledged, and not published' },
  'relay-after-publish': { drive: 'submission', where: 'it is published, and the relay does not know' },
  'timeline-before-append': { drive: 'submission', where: 'the streams are folded, and nothing is appended' },
  'timeline-mid-batch': { drive: 'submission', where: 'one part of a batch is in its streams, the rest is not' },
  'store-before-answer': { drive: 'submission', where: 'an append is durable, and its writer does not know' },
  'timeline-after-append': { drive: 'submission', where: 'a batch is filed, and its offset is not committed' },
  'projector-before-commit': { drive: 'submission', where: 'half of a batch is projected, in an open transaction' },
  'projector-after-commit': { drive: 'submission', where: 'a batch is projected, and the projector does not know' },
  'reader-before-record': { drive: 'read', where: 'a page is built, and its record is not written' },
  'reader-after-record': { drive: 'read', where: 'a read is recorded, and no byte of it has left' },
  'reader-mid-answer': { drive: 'read', where: 'half of a page has left' },
  'rebuild-before-switch': { drive: 'rebuild', where: 'a second projection is built, and the first is live' },
  'rebuild-after-switch': { drive: 'rebuild', where: 'the second projection is live, and the first is not gone' },
} as const satisfies Record<string, { drive: Drive; where: string }>;

export type CrashPoint = keyof typeof CRASH_POINTS;

const GAVE_UP_MS = 45_000;

/** The folder by which a test and `crash-points.mjs` in the processes speak. */
export class Points {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** The next process that comes by takes it. */
  arm(name: CrashPoint | 'poison', value: string | Uint8Array = '!'): void {
    rmSync(join(this.folder, `reached-${name}`), { force: true });
    writeFileSync(join(this.folder, `arm-${name}`), value);
  }

  disarm(name: CrashPoint): void {
    rmSync(join(this.folder, `arm-${name}`), { force: true });
  }

  isArmed(name: CrashPoint): boolean {
    return existsSync(join(this.folder, `arm-${name}`));
  }

  isReached(name: CrashPoint | 'poison'): boolean {
    return existsSync(join(this.folder, `reached-${name}`));
  }

  /** Whether a process has ended at a point in the last seconds. */
  tookLately(): boolean {
    return readdirSync(this.folder).some(
      (name) => name.startsWith('reached-') && statSync(join(this.folder, name)).ctimeMs > Date.now() - 3000,
    );
  }

  /** Throws where nobody gets there. */
  async reached(name: CrashPoint): Promise<void> {
    const end = Date.now() + GAVE_UP_MS;
    while (!this.isReached(name)) {
      if (Date.now() > end) throw new Error(`nothing got to ${name}`);
      await delay(10);
    }
  }
}
