import { startTestHub, type TestHub } from '../hub/start-test-hub.js';
import { PARTNERSHIP } from '../journeys/auditors.js';
import { HubApi, untilFiled } from '../journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  HEALTH,
  LONG_AGO,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  signersOf,
  staffDocument,
  type Agency,
} from '../journeys/scene.js';
import { waived } from '../journeys/waived.js';
import { MATRIX_AGREEMENT } from './agreement.js';
import {
  CHILDREN,
  ENTRIES,
  nameOfEntry,
  RELATIONS,
  ROLES,
  type ChildState,
  type EntryState,
  type Kind,
  type PartyName,
  type Relation,
  type Role,
} from './axes.js';
import { inParallel } from './in-parallel.js';
import { RELEASED_TO } from './rules.js';

const AGENCIES: Readonly<Record<PartyName, Agency>> = { la: AUTHORITY, nhs: HEALTH, school: SCHOOL, police: POLICE };
export const agencyOf = ({ party }: { readonly party: PartyName }): Agency => AGENCIES[party];

/** Whose chronologies are read; a person has one emergency open at a time, and so is another for each. */
export const loginOf = ({ role }: Role): string => role;
/** Who asks the routes. */
export const askerOf = ({ role }: Role): string => `${role}.asks`;
const workerOf = (login: string): string => `W-${login}`;
/** Those who decide for the owners, and work with every child. */
const [SOCIAL_WORKER, NURSE, TEACHER, OFFICER, GUARDIAN] = ['owner-la', 'owner-nhs', 'owner-school', 'owner-police', 'owner-guardian']; // prettier-ignore
const DECIDERS: Readonly<Record<PartyName, Readonly<Record<string, string>>>> = {
  la: { [SOCIAL_WORKER!]: 'social-worker', [GUARDIAN!]: 'hub-guardian' },
  nhs: { [NURSE!]: 'health-visitor' },
  school: { [TEACHER!]: 'dsl' },
  police: { [OFFICER!]: 'ppu-officer' },
};

/** Shortly before the scene begins: an encounter and a contact that are open still. */
const THIS_MORNING = '2026-03-02T08:00:00.000Z';
const YESTERDAY = '2026-03-01T00:00:00.000Z';
const IN_TWO_WEEKS = '2026-03-16T00:00:00.000Z';

const payloadOf = (kind: Kind, name: string): object => {
  switch (kind) {
    case 'personal':
      return {
        firstName: 'Ada',
        lastName: 'Example',
        dateOfBirth: '2012-06-12',
        address: { line1: '1 Long Lane', postcode: 'ZZ99 3WZ' },
      };
    case 'social-care':
      return {
        keyWorker: name,
        dutyContactDetails: ['duty@example.gov.uk'],
        teamInvolvement: ['Neighbourhood Team'],
        cscActiveStatusesAndPlans: [{ status: 'Child in need', plan: 'Child in need plan' }],
      };
    case 'health':
      return {
        registeredGPName: name,
        registeredGPSurgery: 'Wexton Medical Centre',
        gpAddress: { line1: '28 Long Road', postcode: 'ZZ99 3WZ' },
        camhsTeamInvolvement: ['Wexton Clinic'],
        healthActiveStatusesAndPlans: [{ status: 'Open to CAMHS', plan: null }],
      };
    case 'education':
      return {
        educationSettingName: name,
        educationSettingTelephone: '01234 555 310',
        educationSettingAddress: { line1: 'School Lane', postcode: 'ZZ99 3WZ' },
        educationActiveStatusesAndPlans: [{ status: 'SEND', plan: null }],
      };
    case 'crime':
      return {
        policeMarkerDetails: 'Visit in twos',
        servicesKnownTo: [name],
        riskRadicalisation: false,
        crimeActiveStatusesAndPlans: [{ status: 'Open to Youth Justice Service', plan: null }],
      };
  }
};

const RECORD_TYPES: Readonly<Record<Kind, string>> = {
  personal: 'personal.details',
  'social-care': 'childrens-services.details',
  health: 'health.details',
  education: 'education.details',
  crime: 'crime-justice.details',
};

/** The name of an entry as it stands in one of its fields. */
const namedBy = ({ content }: { readonly content: Readonly<Record<string, unknown>> }): string | undefined =>
  content['recordedName'] === 'Ada Example'
    ? 'personal-ordinary-none'
    : ([content['keyWorker'], content['gpName'], content['settingName'], content['servicesKnownTo']]
        .flat()
        .find((value) => value !== undefined) as string | undefined);

export interface SceneChild {
  readonly number: string;
  /** That everybody of the matrix has to this child. */
  readonly relation: Relation;
  readonly state: ChildState;
  /** Of entries that show to their own service, by id. */
  readonly entries: Map<string, EntryState>;
}

/** How each relation is recorded by the agency; what is not here is made by people, or is none. */
const RECORDED: Partial<Record<Relation, object>> = {
  left: { relation: 'allocated', to: YESTERDAY },
  excluded: { relation: 'allocated' },
  presenting: { relation: 'presenting', from: THIS_MORNING },
  triage: { relation: 'triage', from: THIS_MORNING },
  ...Object.fromEntries(
    (['allocated', 'team', 'duty', 'on-roll', 'registered'] as const).map((relation) => [relation, { relation }]),
  ),
};

/** A hub with every viewer, child, entry and override of the matrix in it, through its doors. */
export class MatrixScene {
  private readonly handles = new Map<string, Promise<string>>();
  private readonly receipts: string[] = [];
  /** An item of the authority's in quarantine, and the receipt of what it came with. */
  quarantined = '';
  receipt = '';

  private constructor(
    readonly hub: TestHub,
    readonly api: HubApi,
    /** Those whose chronologies are read: one for each relation and state. */
    readonly children: readonly SceneChild[],
    /** Those about whom the routes are asked: one for each relation. */
    readonly asked: readonly SceneChild[],
  ) {}

  static async open(): Promise<MatrixScene> {
    const hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const child = (relation: Relation, state: ChildState, n: number): SceneChild => ({
      number: nhsNumber(n + 1),
      relation,
      state,
      entries: new Map(),
    });
    const all = RELATIONS.flatMap((relation) => CHILDREN.map((state) => ({ relation, state })));
    const plain: ChildState = { consent: 'nothing recorded', confirmed: true, addressProtected: false };
    const scene = new MatrixScene(
      hub,
      new HubApi(hub),
      all.map(({ relation, state }, n) => child(relation, state, n)),
      RELATIONS.map((relation, n) => child(relation, plain, all.length + n)),
    );
    try {
      await scene.fill();
    } catch (error) {
      await hub.close();
      throw error;
    }
    return scene;
  }

  close(): Promise<void> {
    return this.hub.close();
  }

  /** Somebody of this role who reads this child. */
  readerOf(role: Role, child: SceneChild): string {
    return child.relation === 'emergency' ? `${loginOf(role)}.${child.number}` : loginOf(role);
  }

  /** A handle of somebody's for a child, found once. */
  handleOf(login: string, number: string): Promise<string> {
    const name = `${login} ${number}`;
    const found = this.handles.get(name) ?? this.api.search(login, number);
    this.handles.set(name, found);
    return found;
  }

  private async take(login: string, number: string, what: string, body: object): Promise<void> {
    const path = `/v1/children/${await this.handleOf(login, number)}/${what}`;
    const { status, text, json } = await this.api.call(login, 'POST', path, JSON.stringify(body));
    if (status !== 202) throw new Error(`${what} by ${login} was answered with ${status}: ${text}`);
    const { receipt } = json as { receipt?: string };
    if (receipt !== undefined) this.receipts.push(receipt);
  }

  /** Until everything that was taken is filed. */
  private async settle(): Promise<void> {
    await untilFiled(this.hub, this.receipts, 60_000);
    this.receipts.length = 0;
  }

  private async fill(): Promise<void> {
    const { api } = this;
    await sendSigners(api, Object.values(AGENCIES));
    for (const party of Object.keys(AGENCIES) as PartyName[]) {
      const agency = AGENCIES[party];
      await api.filed(agency.connector, agency.records, custodianFile(agency, this.recordsOf(party)));
      await api.filed(agency.connector, agency.staff, this.staffOf(party));
    }
    const unreadable = { recordId: 'unreadable', personId: nhsNumber(900), recordType: 'personal.details', payload: { dateOfBirth: 'none' } }; // prettier-ignore
    this.receipt = await api.accepted(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [recordOf(unreadable)])); // prettier-ignore
    const [item] = await api.settled(AUTHORITY.connector, this.receipt);
    this.quarantined = item!.contribution;
    const people = [['auditor', PARTNERSHIP, 'auditor'], ['governance', AUTHORITY, 'information-governance'], ['reviewer', AUTHORITY, 'override-reviewer'], ['watcher', PARTNERSHIP, 'hub-guardian']] as const; // prettier-ignore
    for (const [login, agency, as] of people)
      await api.filed(
        agency.connector,
        agency.staff,
        staffDocument(agency, [post(agency, login, 1, { role: as })], []),
      );
    const agreement = waived(MATRIX_AGREEMENT);
    for (const agency of Object.values(AGENCIES))
      await api.adopt(agency.organisation, signersOf(agency), agreement.id, agreement.version, agreement, LONG_AGO);
    const all = [...this.children, ...this.asked];
    await inParallel(all, (child) => this.relate(child));
    await inParallel(this.children, async (child) => {
      await this.findEntries(child);
      await this.consent(child);
      await this.override(child);
    });
    await this.settle();
    await inParallel(all, (child) => this.bound(child));
    await this.settle();
  }

  private recordsOf(party: PartyName): object[] {
    const of = (child: SceneChild, entries: readonly EntryState[]) =>
      entries
        .filter(({ owner }) => owner.party === party)
        .map((entry) => {
          const isProtecting = entry.kind === 'personal' && child.state.addressProtected;
          return recordOf({
            recordId: `${child.number}-${nameOfEntry(entry)}`,
            personId: child.number,
            recordType: RECORD_TYPES[entry.kind],
            payload: { ...payloadOf(entry.kind, nameOfEntry(entry)) },
            handling: { tier: entry.sent, ...(isProtecting ? { facts: ['address-protected'] } : {}) },
          });
        });
    const few = ENTRIES.filter(({ sent, override }) => sent === 'ordinary' && override === 'none');
    return [...this.children.flatMap((one) => of(one, ENTRIES)), ...this.asked.flatMap((one) => of(one, few))];
  }

  private staffOf(party: PartyName): object {
    const agency = AGENCIES[party];
    const roles = ROLES.filter((one) => one.party === party);
    const emergencies = this.children.filter(({ relation }) => relation === 'emergency');
    const posts = [
      ...Object.entries(DECIDERS[party]).map(([login, role]) => post({ ...agency, role }, login, 1)),
      ...roles.flatMap((one) =>
        [loginOf(one), askerOf(one), ...emergencies.map((child) => this.readerOf(one, child))].map((login) =>
          post({ ...agency, ...one }, login, 1),
        ),
      ),
    ];
    const relation = (login: string, service: string, { number }: SceneChild, changes: object): object => ({
      relationId: `R-${login}-${number}`,
      sequence: 1,
      workerId: workerOf(login),
      service,
      child: { system: agency.records, localId: number },
      from: LONG_AGO,
      to: null,
      ...changes,
    });
    const made = (children: readonly SceneChild[], login: (role: Role) => string): object[] =>
      children.flatMap((child) => {
        const changes = RECORDED[child.relation];
        return changes ? roles.map((one) => relation(login(one), one.service, child, changes)) : [];
      });
    const deciding = [...this.children, ...this.asked].flatMap((child) =>
      Object.keys(DECIDERS[party]).map((login) => relation(login, agency.service, child, { relation: 'allocated' })),
    );
    return staffDocument(agency, posts, [...made(this.children, loginOf), ...made(this.asked, askerOf), ...deciding]);
  }

  private async findEntries(child: SceneChild): Promise<void> {
    for (const login of [SOCIAL_WORKER, NURSE, TEACHER, OFFICER] as string[]) {
      const { entries } = await this.api.read(login, await this.handleOf(login, child.number));
      for (const entry of entries) {
        const state = ENTRIES.find((one) => nameOfEntry(one) === namedBy(entry));
        if (state) child.entries.set(entry.entryId, state);
      }
    }
    if (child.entries.size !== ENTRIES.filter(({ sent }) => sent !== 'sealed').length)
      throw new Error('an entry of the matrix does not show to its own service');
  }

  /** The relations that people make themselves, and what people say of others'. */
  private async relate(child: SceneChild): Promise<void> {
    const { number, relation, state } = child;
    const login = this.asked.includes(child) ? askerOf : loginOf;
    if (relation === 'invited') {
      for (const one of ROLES) {
        await this.take(SOCIAL_WORKER!, number, 'invitations', {
          organisation: agencyOf(one).organisation,
          workerId: workerOf(login(one)),
          meeting: 'strategy-discussion',
          from: THIS_MORNING,
          until: IN_TWO_WEEKS,
        });
      }
    }
    if (relation === 'asserted')
      for (const one of ROLES) await this.take(login(one), number, 'assertions', { reason: 'Spoke to me at the gate' });
    const isSelfEvident = relation === 'on-roll' || relation === 'registered' || relation === 'invited';
    if (!isSelfEvident || !state.confirmed) return;
    for (const party of Object.keys(AGENCIES) as PartyName[]) {
      await this.take(party === 'la' ? NURSE! : SOCIAL_WORKER!, number, 'relation-confirmations', {
        organisation: AGENCIES[party].organisation,
        service: null,
        relation,
        reason: 'Spoke with them',
      });
    }
  }

  private async consent({ number, state: { consent } }: SceneChild): Promise<void> {
    const purpose = 'SAFEGUARDING';
    const processing = (decision: string) =>
      this.take(TEACHER!, number, 'processing-consents', {
        purpose,
        decision,
        by: 'parental-responsibility',
        person: 'Mother',
        standing: 'Parental responsibility by birth',
        scope: 'Where the child learns',
        told: true,
      });
    const youngPerson = (agreed: boolean) =>
      this.take(NURSE!, number, 'young-person-decisions', {
        purpose,
        agreed,
        competent: true,
        assessment: 'Understands who reads it and what follows',
        assessedBy: 'School nurse',
        youngPersonsWords: 'They may know',
      });
    switch (consent) {
      case 'nothing recorded':
        return;
      case 'a parent gave it':
        return processing('given');
      case 'a parent withdrew it':
        await processing('given');
        return processing('withdrawn');
      case 'the young person agreed':
        return youngPerson(true);
      case 'the young person agreed, then refused':
        await youngPerson(true);
        return youngPerson(false);
      case 'the young person agreed and a parent gave it':
        await youngPerson(true);
        return processing('given');
      case 'the owner recorded significant harm':
        return this.take(NURSE!, number, 'significant-harm', { purpose, stands: true, reason: 'Told of an injury' });
    }
  }

  private async override(child: SceneChild): Promise<void> {
    const { number, entries } = child;
    const purpose = 'SAFEGUARDING';
    const party = (of: Agency) => ({ organisation: of.organisation });
    for (const [entryId, { override }] of entries) {
      const about = { purpose, entryId, reason: 'The owner decided so' };
      switch (override) {
        case 'none':
          break;
        case 'restricted':
          await this.take(OFFICER!, number, 'restrictions', {
            ...about,
            allow: [party(POLICE), { ...party(AUTHORITY), service: 'csc' }],
          });
          break;
        case 'excluded':
          await this.take(OFFICER!, number, 'exclusions', {
            ...about,
            deny: [party(SCHOOL), { ...party(AUTHORITY), service: 'csc' }],
          });
          break;
        case 'withdrawn':
          await this.take(OFFICER!, number, 'withdrawals', about);
          break;
        case 'marked':
          await this.take(OFFICER!, number, 'do-not-inform', { ...about, allCarers: true });
          break;
        case 'released':
          for (const one of ROLES.filter((of) => RELEASED_TO.includes(of.role))) {
            await this.take(OFFICER!, number, 'releases', {
              ...about,
              to: { organisation: agencyOf(one).organisation, workerId: workerOf(this.readerOf(one, child)) },
              fields: ['services-known-to'],
              sanitisedText: 'Known to the police',
              until: IN_TWO_WEEKS,
            });
          }
      }
    }
  }

  /** A guardian closes the child to everybody who is `excluded`; what is open in an emergency is opened. */
  private async bound(child: SceneChild): Promise<void> {
    const { number, relation } = child;
    const login = this.asked.includes(child) ? askerOf : loginOf;
    if (relation === 'excluded') {
      await this.take(GUARDIAN!, number, 'child-exclusions', {
        purpose: 'SAFEGUARDING',
        deny: ROLES.map((one) => ({ organisation: agencyOf(one).organisation, workerId: workerOf(login(one)) })),
        reason: 'An allegation against staff',
      });
    }
    if (relation === 'emergency' && this.children.includes(child)) {
      const opening = { reason: 'injury', text: 'A fracture that nobody can explain' };
      for (const one of ROLES) await this.take(this.readerOf(one, child), number, 'emergency-access', opening);
    }
  }
}
