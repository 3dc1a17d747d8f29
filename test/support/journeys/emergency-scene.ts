import { randomUUID } from 'node:crypto';
import type { TestHub } from '../hub/start-test-hub.js';
import { PARTNERSHIP } from './auditors.js';
import { untilFiled, type Answer, type Chronology, type HubApi } from './hub-api.js';
import { AUTHORITY, HEALTH, post, staffDocument, type Agency } from './scene.js';

/** The same organisation as the health visitors', another service of it. */
export const CASUALTY: Agency = { ...HEALTH, service: 'unscheduled', role: 'ed-clinician' };

const NIGHT = ['2026-12-26T02:10', '2026-12-26T04:10'] as const;
const BABY = '2026-06-12';
const status = ['duty-contacts', 'statuses-and-plans'];

interface CaseOptions {
  readonly role?: string;
  readonly relation?: string;
  readonly born?: string;
  readonly service?: string;
}

const casualty = (
  name: string,
  entry: object,
  expect: readonly object[],
  { role = 'ed-clinician', relation = 'emergency', born = BABY, service = 'nhs.unscheduled' }: CaseOptions = {},
) => ({
  name,
  viewer: { service, role, relation: { [relation]: NIGHT } },
  purpose: 'EMERGENCY',
  born,
  entry,
  expect,
});

const PLAN = { from: 'la.csc', type: 'childrens-services-status', about: 'child', occurred: '2026-11-01' };
const INJURY = {
  from: 'nhs.hv-sn',
  type: 'emergency-attendance',
  tier: 'special',
  about: 'child',
  occurred: '2026-11-01',
};
const AT = '2026-12-26T02:11';

const casesOf = (id: string, entry: object, other: string, elsewhere: string, shown: object) => [
  casualty(`${id}: for two hours, in an emergency, of the child, below what its originator controls`, entry, [
    { at: AT, by: [id], ...shown },
    { at: '2026-12-26T04:09', by: [id], ...shown },
    { at: '2026-12-26T04:10', by: [] },
    { at: AT, purpose: 'SAFEGUARDING', by: [] },
    ...['sibling', 'carer', 'household-adult', 'alleged-perpetrator', 'informant'].map((about) => ({
      at: AT,
      set: { about },
      by: [],
    })),
    { at: AT, set: { type: 'health-status' }, by: [] },
    { at: AT, set: { from: other }, by: [] },
    { at: AT, set: { tier: 'originator' }, by: [] },
    { at: AT, set: { tier: 'sealed' }, by: [] },
  ]),
  casualty(`${id}: not to another service`, entry, [{ at: AT, by: [] }], { service: elsewhere }),
  casualty(`${id}: not to another role`, entry, [{ at: AT, by: [] }], { role: 'receptionist' }),
  casualty(`${id}: not by another relation`, entry, [{ at: AT, by: [] }], { relation: 'presenting' }),
  casualty(`${id}: not of somebody who is eighteen`, entry, [{ at: AT, by: [] }], { born: '2008-12-26' }),
  casualty(`${id}: of somebody who is seventeen`, entry, [{ at: AT, by: [id], ...shown }], { born: '2008-12-27' }),
];

/** What casualty may open in an emergency: status and duty desk, and the newest three injuries. */
export const EMERGENCY_AGREEMENT = {
  schema: 'agreement/1',
  id: 'emergency-core',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Front door', services: { csc: 'open' } },
    nhs: {
      kind: 'HEALTH',
      orgs: [HEALTH.organisation],
      desk: 'Safeguarding nurse',
      services: { 'hv-sn': 'open', unscheduled: 'open' },
    },
  },
  purposes: { EMERGENCY: { relations: ['emergency'] } },
  permits: [
    {
      id: 'status-in-an-emergency',
      readerText: 'Plans and the duty desk, in an emergency',
      from: ['la.csc'],
      records: { types: ['childrens-services-status'], about: ['child'] },
      to: ['nhs.unscheduled'],
      roles: ['ed-clinician'],
      relation: ['emergency'],
      purposes: ['EMERGENCY'],
      childAge: { max: 17, at: 'read' },
      show: { summary: true, content: ['statuses-and-plans', 'duty-contacts'] },
    },
    {
      id: 'injuries-in-an-emergency',
      readerText: 'The newest injuries, in an emergency',
      from: ['nhs.hv-sn'],
      records: { types: ['emergency-attendance'], about: ['child'] },
      to: ['nhs.unscheduled'],
      roles: ['ed-clinician'],
      relation: ['emergency'],
      purposes: ['EMERGENCY'],
      childAge: { max: 17, at: 'read' },
      newest: 3,
      show: { summary: true, content: ['reason'] },
    },
  ],
  cases: [
    ...casesOf('status-in-an-emergency', PLAN, 'nhs.hv-sn', 'nhs.hv-sn', { summary: true, content: status }),
    ...casesOf('injuries-in-an-emergency', INJURY, 'la.csc', 'la.csc', { summary: true, content: ['reason'], upTo: 3 }),
  ],
};

/** People of an agency under roles of their own. */
export const sendPeople = (api: HubApi, of: Agency, people: Readonly<Record<string, string>>) => {
  const staff = Object.entries(people).map(([login, role]) => post(of, login, 1, { role, name: `${login} by name` }));
  return api.filed(of.connector, of.staff, staffDocument(of, staff, []));
};

/** Who reviews: of the owners, and of the partnership. */
export const sendReviewers = async (api: HubApi, owners: readonly Agency[]): Promise<void> => {
  for (const of of owners) {
    const name = of.organisation.toLowerCase();
    await sendPeople(api, of, { [`${name}-reviewer`]: 'override-reviewer', [`${name}-deputy`]: 'override-deputy' });
  }
  await sendPeople(api, PARTNERSHIP, { 'partnership-reviewer': 'override-partnership', guardian: 'hub-guardian' });
};

export interface Opened {
  readonly accessId: string;
  readonly until: string;
  readonly receipt: string;
}

export interface Review {
  readonly accessId: string;
  readonly organisation: string;
  readonly state: string;
  readonly level: string;
  readonly late: boolean;
  readonly mayReview: boolean;
  readonly reviewBy: string;
  readonly deputyBy: string;
  readonly calendar: string;
  readonly text: string | null;
  readonly reason: string;
  readonly openedAt: string;
  readonly until: string;
  readonly endedAt: string | null;
  readonly by: Readonly<Record<string, string | null>>;
  readonly child: { readonly name: string | null; readonly birthDate: string | null } | null;
  readonly reviews: readonly { readonly level: string; readonly outcome: string; readonly note: string | null }[];
}

export type EmergencyChronology = Chronology & {
  readonly readId: string;
  readonly upTo: readonly number[];
  readonly moreDetailNeeded: boolean;
  readonly emergency?: { readonly accessId: string; readonly until: string };
};

const WHY = { reason: 'injury', text: 'A fracture that nobody can explain' };

/** What people ask about accesses in an emergency. */
export class EmergencyApi {
  constructor(
    private readonly hub: TestHub,
    private readonly api: HubApi,
  ) {}

  opening(login: string, handle: string, body: object = WHY): Promise<Answer> {
    return this.api.call(login, 'POST', `/v1/children/${handle}/emergency-access`, JSON.stringify(body));
  }

  /** Opens it; resolves when it is in view. */
  async open(login: string, handle: string, body: object = WHY): Promise<Opened> {
    const { status, text, json } = await this.opening(login, handle, body);
    if (status !== 202) throw new Error(`the opening was answered with ${status}: ${text}`);
    await this.inView((json as Opened).receipt);
    return json as Opened;
  }

  ending(login: string, handle: string, accessId: string = randomUUID(), body: object = {}): Promise<Answer> {
    const path = `/v1/children/${handle}/emergency-access/${accessId}/end`;
    return this.api.call(login, 'POST', path, JSON.stringify(body));
  }

  inView(receipt: string): Promise<void> {
    return untilFiled(this.hub, [receipt]);
  }

  read(login: string, handle: string): Promise<EmergencyChronology> {
    return this.api.read(login, handle, { purpose: 'EMERGENCY' }) as Promise<EmergencyChronology>;
  }

  private async everyPage<T>(login: string, path: string, state: Readonly<Record<string, string>>): Promise<T[]> {
    const all: T[] = [];
    for (let cursor: string | null = null; ;) {
      const query = new URLSearchParams({ ...state, ...(cursor === null ? {} : { cursor }) }).toString();
      const { status, text, json } = await this.api.call(login, 'GET', `/v1/emergency-access${path}?${query}`);
      if (status !== 200) throw new Error(`what was opened was answered with ${status}: ${text}`);
      const page = json as { reviews?: T[]; accesses?: T[]; cursor: string | null };
      all.push(...(page.reviews ?? page.accesses!));
      if (page.cursor === null) return all;
      cursor = page.cursor;
    }
  }

  reviews(login: string, state = 'open'): Promise<Review[]> {
    return this.everyPage(login, '/reviews', { state });
  }

  watched(login: string): Promise<{ accessId: string; open: boolean; late: boolean }[]> {
    return this.everyPage(login, '', {});
  }

  reviewing(login: string, accessId: string, body: object): Promise<Answer> {
    return this.api.call(login, 'POST', `/v1/emergency-access/${accessId}/reviews`, JSON.stringify(body));
  }

  async review(login: string, accessId: string, body: object): Promise<void> {
    const { status, text, json } = await this.reviewing(login, accessId, body);
    if (status !== 202) throw new Error(`the review was answered with ${status}: ${text}`);
    await this.inView((json as { receipt: string }).receipt);
  }
}
