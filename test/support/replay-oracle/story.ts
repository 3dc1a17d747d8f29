import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { TestHub } from '../hub/start-test-hub.js';
import { until, type Entry, type HubApi } from '../journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LOCATION_AGREEMENT,
  LONG_AGO,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  signersOf,
  staffDocument,
  type Agency,
} from '../journeys/scene.js';
import { waived } from '../journeys/waived.js';
import { pauseFiling } from './filing-pause.js';
import type { OracleViewer } from './replay-oracle.js';
import type { Said, SentAgreement, Told } from './told.js';

export const CHILDREN = [11, 12, 13].map(nhsNumber);
const STAFF = [AUTHORITY, HEALTH, POLICE].flatMap((agency) =>
  [1, 2].map((n) => ({ login: `${agency.service}-${n}`, agency })),
);
export const VIEWERS: readonly OracleViewer[] = [...STAFF, { login: 'stranger' }];

/** A read that was really made, and its instant. */
export interface LiveRead {
  readonly readId: string;
  readonly viewer: OracleViewer;
  readonly child: string;
  readonly at: string;
  readonly entries: readonly Entry[];
  readonly notices: readonly unknown[];
}

interface Dated {
  readonly field: string;
  readonly item: Readonly<Record<string, unknown>>;
  readonly day: string;
  readonly facets: readonly string[];
}

interface Draft {
  readonly recordId: string;
  readonly recordType: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly facets: readonly string[];
  readonly birthDate?: string;
  readonly protects?: boolean;
  readonly dated: readonly Dated[];
}

const policy = (of: Agency, orgType: string, version: string, recordTypes: string[], to: readonly Agency[]) => {
  const kinds = {
    [AUTHORITY.organisation]: 'LOCAL_AUTHORITY',
    [HEALTH.organisation]: 'HEALTH',
    [POLICE.organisation]: 'POLICE',
  };
  const document = importedPolicy(
    of,
    orgType,
    recordTypes,
    to.map(({ organisation }) => kinds[organisation]!),
  );
  const agreement: SentAgreement = {
    id: of.organisation,
    version,
    of: of.organisation,
    recordTypes,
    to: to.map(({ organisation }) => organisation),
    facets: null,
    shieldsAddress: false,
  };
  return { owner: of, agreement, document: { ...document, dsaPolicy: { ...document.dsaPolicy, version } } };
};

const core = (version: string, location: readonly string[]) => ({
  owner: AUTHORITY,
  agreement: {
    id: 'scene-core',
    version,
    of: AUTHORITY.organisation,
    recordTypes: ['personal.details', 'childrens-services.details'],
    to: [HEALTH.organisation],
    facets: ['summary', 'content.recordedName', 'content.teams', ...location.map(() => 'location.homeAddress')],
    shieldsAddress: true,
  } satisfies SentAgreement,
  document: waived({
    ...LOCATION_AGREEMENT,
    waivers: [],
    version,
    permits: LOCATION_AGREEMENT.permits.map(({ show: { summary, content }, ...permit }) => ({
      ...permit,
      show: { summary, content, ...(location.length > 0 ? { location } : {}) },
    })),
  }),
});

/** Versions of agreements in the order in which they are brought in. */
const AGREEMENTS = [
  core('1', ['home-address']),
  policy(POLICE, 'POLICE', '1', ['crime-justice.details'], [AUTHORITY]),
  policy(HEALTH, 'HEALTH', '1', ['health.details'], [AUTHORITY, POLICE]),
  core('2', []),
  policy(POLICE, 'POLICE', '2', ['crime-justice.details'], [AUTHORITY, HEALTH]),
  core('3', ['home-address']),
  policy(AUTHORITY, 'LOCAL_AUTHORITY', '1', ['personal.details', 'childrens-services.details'], [POLICE]),
  policy(HEALTH, 'HEALTH', '2', ['health.details'], [AUTHORITY]),
];

const HOUR = 3_600_000;

/** Grows a history through the hub's doors, some of it while nothing is filed, and remembers what was said. */
export class ReplayStory {
  readonly reads: LiveRead[] = [];
  private readonly sent: { readonly receipt: string; readonly said: (path: string) => Said }[] = [];
  private readonly versions = new Map<string, number>();
  private resume: (() => Promise<void>) | undefined;
  private adopted = 0;

  constructor(
    private readonly hub: TestHub,
    private readonly api: HubApi,
    private readonly random: SeededRandom,
  ) {}

  async now(): Promise<Date> {
    const { rows } = await this.hub.sql.query('select platform.recorded_now() as now');
    return (rows[0] as { now: Date }).now;
  }

  private async send(agency: Agency, feed: string, document: unknown, said: (path: string) => Said): Promise<void> {
    const receipt = await this.api.accepted(agency.connector, feed, document);
    this.sent.push({ receipt, said });
  }

  private next(name: string): number {
    const version = (this.versions.get(name) ?? 0) + 1;
    this.versions.set(name, version);
    return version;
  }

  /** Everybody has a post and a relation to each child, and every agency a record of each. */
  async begin(): Promise<void> {
    for (const { agency, login } of STAFF) await this.changePost(agency, login, false, null);
    for (const child of CHILDREN) {
      for (const agency of [AUTHORITY, HEALTH, POLICE]) await this.sendRecord(agency, child);
      for (const { agency, login } of STAFF) await this.changeRelation(agency, login, child, LONG_AGO, null);
    }
    await this.settled();
  }

  /** One random thing that happens. */
  async step(): Promise<void> {
    const { random } = this;
    const agency = random.pick([AUTHORITY, HEALTH, POLICE]);
    const child = random.pick(CHILDREN);
    const { login, agency: employer } = random.pick(STAFF);
    const chance = random.next();
    if (chance < 0.55) return this.sendRecord(agency, child);
    if (chance < 0.62) return this.purge(agency, child);
    if (chance < 0.79) return this.turnRelation(employer, login, child);
    if (chance < 0.88) return this.turnPost(employer, login);
    return this.adoptNext();
  }

  private draft(agency: Agency): Draft {
    const { random } = this;
    const day = `2026-01-${String(random.between(10, 20))}`;
    const word = `text ${random.between(1, 1000)}`;
    if (agency === POLICE) {
      return {
        recordId: random.pick(['R-1', 'R-2']),
        recordType: 'crime-justice.details',
        payload: { servicesKnownTo: [word] },
        facets: ['summary', 'content.servicesKnownTo'],
        dated: random.chance(0.7)
          ? [
              {
                field: 'missingEpisodes',
                day,
                item: { date: day, returnedHomeInterviewAttended: random.chance(0.5) },
                facets: ['summary', 'content.returnHomeInterviewAttended'],
              },
            ]
          : [],
      };
    }
    if (agency === HEALTH) {
      return {
        recordId: random.pick(['H-1', 'H-2']),
        recordType: 'health.details',
        payload: { registeredGPName: word },
        facets: ['summary', 'content.gpName'],
        dated: random.chance(0.5)
          ? [
              {
                field: 'missedAppointments',
                day,
                item: { date: day, reason: word },
                facets: ['summary', 'content.reason'],
              },
            ]
          : [],
      };
    }
    if (random.chance(0.5)) {
      return {
        recordId: 'C-1',
        recordType: 'childrens-services.details',
        payload: { teamInvolvement: [word] },
        facets: ['summary', 'content.teams'],
        dated: random.chance(0.5)
          ? [
              {
                field: 'childrensServicesReferrals',
                day,
                item: { date: day, type: word },
                facets: ['summary', 'content.referralType'],
              },
            ]
          : [],
      };
    }
    const withAddress = random.chance(0.8);
    return {
      recordId: 'P-1',
      recordType: 'personal.details',
      payload: {
        firstName: 'Ada',
        lastName: 'Example',
        dateOfBirth: '2015-06-12',
        ...(withAddress ? { address: { line1: word } } : {}),
      },
      facets: [
        'summary',
        'content.recordedName',
        'content.recordedBirthDate',
        ...(withAddress ? ['location.homeAddress'] : []),
      ],
      birthDate: '2015-06-12',
      protects: random.chance(0.35),
      dated: [],
    };
  }

  /** A new record, or a correction; now and then an older version that comes late. */
  private async sendRecord(agency: Agency, child: string): Promise<void> {
    const draft = this.draft(agency);
    const name = `${agency.organisation} ${child} ${draft.recordId}`;
    const isLate = (this.versions.get(name) ?? 0) > 2 && this.random.chance(0.15);
    // Between two versions that were sent: another of the same number is never sent.
    const version = isLate ? this.next(`late ${name}`) * 2 - 1 : this.next(name) * 2;
    if (isLate && version > this.versions.get(name)! * 2) return;
    const lists = Object.groupBy(draft.dated, ({ field }) => field);
    const payload = {
      ...draft.payload,
      ...Object.fromEntries(Object.entries(lists).map(([field, items]) => [field, items!.map(({ item }) => item)])),
    };
    const record = recordOf({
      recordId: `${draft.recordId}-${child}`,
      personId: child,
      recordType: draft.recordType,
      version: String(version),
      payload,
      ...(draft.protects ? { handling: { facts: ['address-protected'] } } : {}),
    });
    await this.send(agency, agency.records, custodianFile(agency, [record]), (path) => {
      const dated = draft.dated.find(({ field }) => path.includes(field));
      return {
        kind: 'record',
        agency,
        child,
        record: dated ? `${name} ${dated.field} ${dated.day}` : name,
        within: name,
        recordType: draft.recordType,
        version,
        facets: dated?.facets ?? draft.facets,
        birthDate: draft.birthDate ?? null,
        protects: draft.protects ?? false,
      };
    });
  }

  private async purge(agency: Agency, child: string): Promise<void> {
    const { recordId, recordType } = this.draft(agency);
    const name = `${agency.organisation} ${child} ${recordId}`;
    if (!this.versions.has(name)) return;
    const version = this.next(name) * 2;
    const record = recordOf({
      recordId: `${recordId}-${child}`,
      personId: child,
      recordType,
      version: String(version),
      payload: {},
      purge: true,
    });
    await this.send(agency, agency.records, custodianFile(agency, [record]), () => ({
      kind: 'purge',
      agency,
      child,
      within: name,
      version,
    }));
  }

  private async changeRelation(
    agency: Agency,
    login: string,
    child: string,
    from: string,
    to: string | null,
  ): Promise<void> {
    const sequence = this.next(`relation ${login} ${child}`);
    const item = allocation(agency, login, child, sequence, { from, to });
    await this.send(agency, agency.staff, staffDocument(agency, [], [item]), () => ({
      kind: 'relation',
      agency,
      child,
      relation: item.relationId,
      login,
      sequence,
      from,
      to,
    }));
  }

  private async changePost(agency: Agency, login: string, removed: boolean, to: string | null): Promise<void> {
    const sequence = this.next(`post ${login}`);
    const item = post(agency, login, sequence, { to, ...(removed ? { removed } : {}) });
    await this.send(agency, agency.staff, staffDocument(agency, [item], []), () => ({
      kind: 'post',
      agency,
      login,
      sequence,
      removed,
      from: LONG_AGO,
      to,
    }));
  }

  /** It ends at once, ends later, begins later, or goes on. */
  private async turnRelation(agency: Agency, login: string, child: string): Promise<void> {
    const now = (await this.now()).getTime();
    const soon = new Date(now + this.random.between(1, 6) * HOUR).toISOString();
    const ended = new Date(now - HOUR).toISOString();
    const [from, to] = this.random.pick([
      [LONG_AGO, ended],
      [LONG_AGO, soon],
      [soon, null],
      ...Array.from({ length: 4 }, () => [LONG_AGO, null] as const),
    ] as const);
    await this.changeRelation(agency, login, child, from, to);
  }

  private async turnPost(agency: Agency, login: string): Promise<void> {
    const now = (await this.now()).getTime();
    const removed = this.random.chance(0.2);
    await this.changePost(
      agency,
      login,
      removed,
      !removed && this.random.chance(0.3) ? new Date(now + HOUR).toISOString() : null,
    );
  }

  /** The next agreement, from now on or from a while after; its second signature may wait to be filed. */
  private async adoptNext(): Promise<void> {
    const next = AGREEMENTS[this.adopted];
    if (!next || this.resume) return;
    this.adopted += 1;
    const { owner, agreement, document } = next;
    const path = `/v1/agreements/${encodeURIComponent(agreement.id)}/versions/${encodeURIComponent(agreement.version)}`;
    const [first, second] = signersOf(owner);
    await this.command(first, 'PUT', path, { document }, { kind: 'document', agreement });
    await this.settled();
    // A signature would record the test with itself: what is said here comes by itself.
    await this.api.call(first, 'POST', `${path}/tests`, '{}');
    await this.settled();
    const inForceFrom = new Date((await this.now()).getTime() + this.random.pick([-1, 3]) * HOUR).toISOString();
    const sign = (signer: string) =>
      this.command(
        signer,
        'POST',
        `${path}/adoptions`,
        { inForceFrom },
        {
          kind: 'signature',
          agreement,
          owner: owner.organisation,
          signer,
          inForceFrom,
        },
      );
    await sign(first);
    if (this.random.chance(0.5)) await this.pause();
    await sign(second);
  }

  private async command(login: string, method: string, path: string, body: object, said: Said): Promise<void> {
    await until(async () => {
      const { status, json, text } = await this.api.call(login, method, path, JSON.stringify(body));
      if (status === 400) throw new Error(`${said.kind} was answered with ${text}`);
      if (status !== 202) return false;
      this.sent.push({ receipt: (json as { receipt: string }).receipt, said: () => said });
      return true;
    });
  }

  /** From here on nothing is filed; nothing is on its way either, so that a read rests on no race. */
  async pause(): Promise<void> {
    if (this.resume) return;
    await this.settled();
    this.resume = await pauseFiling(this.hub.sql);
  }

  /** Until all that was accepted is filed and projected. */
  async settled(): Promise<void> {
    await this.resume?.();
    this.resume = undefined;
    await until(async () => {
      const { rows } = await this.hub.sql.query(
        `select g.position >= h.position and not exists (
            select from inbox.item i join inbox.attempt a using (attempt_id)
             where a.accepted_no is not null and i.bytes is not null and not exists (
               select from projection.filed f where f.generation = g.generation and f.contribution_id = i.contribution_id)) as done
           from projection.generation g, store.head h where g.state = 'live'`,
      );
      return (rows[0] as { done: boolean }).done;
    });
  }

  /** Lets some hours pass. */
  async pass(): Promise<void> {
    await this.hub.moveClock(new Date((await this.now()).getTime() + this.random.between(1, 300) * 60_000));
  }

  /** Reads while nothing is on its way: all is filed, or waits. */
  async readLive(viewer: OracleViewer, child: string): Promise<void> {
    if (!this.resume) await this.settled();
    await delay(3);
    const { readId, entries, notices } = (await this.api.seen(viewer.login, child)) as never as LiveRead;
    const { rows } = await this.hub.sql.query(
      `select convert_from(data, 'UTF8')::json ->> 'at' as at from store.event
        where type = 'chronology-opened' and convert_from(data, 'UTF8')::json ->> 'readId' = $1`,
      [readId],
    );
    this.reads.push({ readId, viewer, child, at: (rows[0] as { at: string }).at, entries, notices });
    await delay(3);
  }

  /** Everything that was said, with when it was accepted and filed. */
  async wall(): Promise<Told[]> {
    const saidOf = new Map(this.sent.map((one) => [one.receipt, one.said]));
    const { rows: items } = await this.hub.sql.query(
      `select a.receipt_id, a.accepted_no, a.accepted_at, i.item_no, i.path, i.contribution_id
         from inbox.item i join inbox.attempt a using (attempt_id)
        where a.receipt_id = any ($1::uuid[]) order by a.accepted_no, i.item_no`,
      [[...saidOf.keys()]],
    );
    const { rows: events } = await this.hub.sql.query(
      `select position, convert_from(metadata, 'UTF8')::json ->> 'hubAt' as at,
              case when stream ~ '^(child|staff|agreement)-'
                   then convert_from(data, 'UTF8')::json #>> '{envelope,contributionId}' end as id
         from store.event order by position`,
    );
    const filed = new Map<string, NonNullable<Told['filed']>>();
    let latest = -Infinity;
    for (const { position, at, id } of events as { position: string; at: string; id: string | null }[]) {
      latest = Math.max(latest, Date.parse(at));
      if (id !== null && !filed.has(id)) filed.set(id, { position: Number(position), at: latest });
    }
    const seen = new Set<string>();
    return (
      items as {
        receipt_id: string;
        accepted_no: string;
        accepted_at: Date;
        item_no: number;
        path: string;
        contribution_id: string;
      }[]
    ).flatMap((row): Told[] => {
      if (seen.has(row.contribution_id)) return [];
      seen.add(row.contribution_id);
      const place = filed.get(row.contribution_id);
      return [
        {
          id: row.contribution_id,
          said: saidOf.get(row.receipt_id)!(row.path),
          accepted: { no: Number(row.accepted_no), item: row.item_no, at: row.accepted_at.getTime() },
          ...(place ? { filed: place } : {}),
        },
      ];
    });
  }
}
