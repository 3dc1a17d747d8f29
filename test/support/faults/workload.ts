import { SeededRandom } from '../decision-oracle/seeded-random.js';

/** What one item of a submission must become. */
export interface Expected {
  /** Its place in the document, as a receipt names it. */
  readonly path: string;
  /** The same text for what is the same contribution, whoever sends it and however often; no two contributions share it. */
  readonly name: string;
  /** Set where the item cannot be read. */
  readonly reason?: string;
}

/** A document as a connector sends it, under one idempotency key. */
export interface Parcel {
  readonly key: string;
  readonly clientId: string;
  readonly feed: string;
  readonly body: string;
  readonly expects: readonly Expected[];
}

export interface Child {
  readonly nhsNumber: string;
  readonly knownTo: readonly Agency[];
}

export interface Reader {
  readonly login: string;
  readonly children: readonly Child[];
}

export interface Workload {
  /** Staff, relations of the readers, one record of each of their children: sent before the rest. */
  readonly first: readonly Parcel[];
  readonly rest: readonly Parcel[];
  readonly readers: readonly Reader[];
  /** Two people of each organisation who sign agreements, by organisation. */
  readonly governance: ReadonlyMap<string, readonly [string, string]>;
}

type Json = Record<string, unknown>;

export interface Agency {
  readonly organisation: string;
  readonly feeds: { readonly records: string; readonly staff: string };
  readonly service: string;
  readonly role: string;
  readonly relation: 'allocated' | 'on-roll' | 'registered';
  readonly system: string;
  readonly recordType: string;
  readonly statuses: (random: SeededRandom) => Json;
  readonly dated: readonly DatedField[];
}

interface DatedField {
  readonly field: string;
  readonly item: (random: SeededRandom, day: string) => Json;
  /** What makes such an item unreadable, the field that is named for it, and the reason. */
  readonly spoil: Json;
  readonly spoilt: { readonly field: string; readonly reason: string };
}

const dated = (field: string, more: (random: SeededRandom) => Json): DatedField => ({
  field,
  item: (random, day) => ({ date: day, ...more(random) }),
  spoil: { date: '31/02/2025' },
  spoilt: { field: 'date', reason: 'not-a-date' },
});

const truth = (random: SeededRandom): boolean | null => random.pick([true, false, null]);

const AGENCIES: readonly Agency[] = [
  {
    organisation: 'POLICE-01',
    feeds: { records: 'police-records', staff: 'police-staff' },
    service: 'ppu',
    role: 'ppu-officer',
    relation: 'allocated',
    system: 'FORCE-RECORDS',
    recordType: 'crime-justice.details',
    statuses: (random) => ({
      policeMarkerDetails: `Marker ${random.between(1, 1_000_000)}`,
      servicesKnownTo: ['Police'],
      riskCriminalExploitation: truth(random),
    }),
    dated: [dated('missingEpisodes', (random) => ({ returnedHomeInterviewAttended: truth(random) }))],
  },
  {
    organisation: 'HEALTH-01',
    feeds: { records: 'health-records', staff: 'health-staff' },
    service: 'hv-sn',
    role: 'health-visitor',
    relation: 'registered',
    system: 'HEALTH-RECORDS',
    recordType: 'health.details',
    statuses: (random) => ({ registeredGPName: `Practice ${random.between(1, 1_000_000)}` }),
    dated: [
      dated('missedAppointments', (random) => ({
        setting: random.pick(['Clinic', 'Dentist']),
        reason: `Reason ${random.between(1, 1000)}`,
      })),
      dated('emergencyDepartmentAttendances', (random) => ({ reason: `Fall ${random.between(1, 1000)}` })),
    ],
  },
  {
    organisation: 'EDUCATION-01',
    feeds: { records: 'education-records', staff: 'education-staff' },
    service: 'dsl',
    role: 'dsl',
    relation: 'on-roll',
    system: 'SCHOOL-RECORDS',
    recordType: 'education.details',
    statuses: (random) => ({ educationSettingName: `School ${random.between(1, 1_000_000)}` }),
    dated: [
      {
        field: 'yearlyEducationAttendances',
        item: (random, day) => ({
          academicTermYearStart: 1950 + ((Date.parse(day) / 86_400_000) % 200),
          attendancePercentage: `${random.between(50, 99)}.5`,
          suspensions: random.between(0, 5),
        }),
        spoil: { attendancePercentage: 'many' },
        spoilt: { field: 'attendancePercentage', reason: 'not-a-number' },
      },
    ],
  },
  ...['LOCAL-AUTHORITY-01', 'LOCAL-AUTHORITY-02'].map((organisation): Agency => ({
    organisation,
    feeds: { records: 'social-care-records', staff: 'social-care-staff' },
    service: 'csc',
    role: 'social-worker',
    relation: 'allocated',
    system: 'CASE-SYSTEM',
    recordType: 'childrens-services.details',
    statuses: (random) => ({
      keyWorker: `Worker ${random.between(1, 1_000_000)}`,
      teamInvolvement: [`Team ${random.between(1, 50)}`],
    }),
    dated: [dated('childrensServicesReferrals', (random) => ({ type: random.pick(['Police', 'School', 'Health']) }))],
  })),
];

const agencyOf = (organisation: string): Agency => AGENCIES.find((agency) => agency.organisation === organisation)!;

const noItems = (agency: Agency) => Object.fromEntries(agency.dated.map(({ field }) => [field, []]));

const clientOf = ({ organisation }: Agency): string => `${organisation.toLowerCase()}-connector`;

/** An NHS number of the range 999, which is never issued, with its check digit; undefined where there is none. */
const nhsNumberOf = (n: number): string | undefined => {
  const nine = `999${String(n).padStart(6, '0')}`;
  const sum = [...nine].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? undefined : `${nine}${check}`;
};

/** A record as its agency holds it now. */
interface HeldRecord {
  readonly agency: Agency;
  readonly child: Child;
  readonly recordId: string;
  readonly version: number;
  readonly statuses: Json;
  readonly items: Readonly<Record<string, readonly Json[]>>;
}

const documentOf = (agency: Agency, records: readonly Json[]): string =>
  JSON.stringify({ orgId: agency.organisation, orgName: agency.organisation, orgType: 'OTHER', records });

const recordOf = ({ agency, child, recordId, version, statuses, items }: HeldRecord): Json => ({
  recordId,
  personId: child.nhsNumber,
  recordType: agency.recordType,
  version: String(version),
  systemId: agency.system,
  contactDetails: [],
  recordLink: [],
  payload: { ...statuses, ...items },
});

const isSpoilt = (field: DatedField, item: Json): boolean =>
  Object.entries(field.spoil).every(([name, value]) => item[name] === value);

/** What becomes of one record at a place of its document, in the order of a receipt. */
const expectedOf = (record: HeldRecord, place: string): Expected[] => {
  const { agency, child, recordId, version, statuses, items } = record;
  const head = [agency.organisation, agency.feeds.records, agency.system, child.nhsNumber, recordId, version];
  return [
    { path: place, name: JSON.stringify([...head, 'statuses', statuses]) },
    ...agency.dated.flatMap((dated) =>
      (items[dated.field] ?? []).map((item, i): Expected => {
        const path = `${place}.payload.${dated.field}[${i}]`;
        if (!isSpoilt(dated, item)) return { path, name: JSON.stringify([...head, dated.field, item]) };
        const field = `${path}.${dated.spoilt.field}`;
        const name = JSON.stringify([agency.organisation, agency.feeds.records, field, item]);
        return { path: field, reason: dated.spoilt.reason, name };
      }),
    ),
  ];
};

const staffParcel = (agency: Agency, key: string, staff: readonly Json[], relations: readonly Json[]): Parcel => {
  const head = [agency.organisation, agency.feeds.staff];
  return {
    key,
    clientId: clientOf(agency),
    feed: agency.feeds.staff,
    body: JSON.stringify({ organisation: agency.organisation, staff, relations }),
    expects: [
      ...staff.map((post, i) => ({ path: `staff[${i}]`, name: JSON.stringify([...head, post]) })),
      ...relations.map((relation, i) => ({ path: `relations[${i}]`, name: JSON.stringify([...head, relation]) })),
    ],
  };
};

/** Makes the documents of one run: the same seed makes the same documents. */
class Author {
  readonly children: Child[] = [];
  private readonly held: HeldRecord[] = [];
  private readonly random: SeededRandom;
  private keys = 0;
  private ids = 0;
  private numbers = 0;

  constructor(random: SeededRandom, children: number) {
    this.random = random;
    while (this.children.length < children) this.children.push(this.newChild(random.some(AGENCIES, 1, 4)));
  }

  newChild(knownTo: readonly Agency[]): Child {
    for (;;) {
      const nhsNumber = nhsNumberOf(this.numbers);
      this.numbers += 1;
      if (nhsNumber !== undefined) return { nhsNumber, knownTo };
    }
  }

  childOf(agency: Agency): Child {
    return this.random.pick(this.children.filter(({ knownTo }) => knownTo.includes(agency)));
  }

  key(): string {
    this.keys += 1;
    return `key-${this.keys}`;
  }

  private id(letter: string): string {
    this.ids += 1;
    return `${letter}-${this.ids}`;
  }

  records(agency: Agency, records: readonly HeldRecord[], key = this.key()): Parcel {
    return {
      key,
      clientId: clientOf(agency),
      feed: agency.feeds.records,
      body: documentOf(agency, records.map(recordOf)),
      expects: records.flatMap((record, i) => expectedOf(record, `records[${i}]`)),
    };
  }

  newRecord(agency: Agency, child: Child): HeldRecord {
    const record: HeldRecord = {
      agency,
      child,
      recordId: this.id('R'),
      version: 1,
      statuses: agency.statuses(this.random),
      items: noItems(agency),
    };
    return this.grown(this.grown(record));
  }

  hold(record: HeldRecord): HeldRecord {
    this.held.push(record);
    return record;
  }

  /** One more dated item; what was there before is sent again with it, as such systems do. */
  private grown(record: HeldRecord): HeldRecord {
    const dated = this.random.pick(record.agency.dated);
    const before = record.items[dated.field] ?? [];
    const day = new Date(Date.UTC(2025, 0, 1 + before.length * 7)).toISOString().slice(0, 10);
    const item = dated.item(this.random, day);
    const spoilt = this.random.chance(0.02);
    return {
      ...record,
      items: { ...record.items, [dated.field]: [...before, spoilt ? { ...item, ...dated.spoil } : item] },
    };
  }

  /** A later version of a record that was sent, or, now and then, other content under the same version. */
  nextVersion(): HeldRecord {
    const i = this.random.between(0, this.held.length - 1);
    const record = this.held[i]!;
    if (this.random.chance(0.1)) return { ...record, statuses: record.agency.statuses(this.random) };
    const next = { ...this.grown(record), version: record.version + 1 };
    this.held[i] = this.random.chance(0.5) ? { ...next, statuses: record.agency.statuses(this.random) } : next;
    return this.held[i];
  }

  longRecord(agency: Agency, child: Child, items: number): HeldRecord {
    let record = this.newRecord(agency, child);
    for (let i = 0; i < items; i += 1) record = this.grown(record);
    return record;
  }

  /** Withdraws a record that was sent; it may arrive before what it withdraws. */
  purge(): Parcel {
    return this.purgeOf(this.random.pick(this.held));
  }

  purgeOf({ agency, child, recordId, version }: HeldRecord): Parcel {
    const head = [agency.organisation, agency.feeds.records, agency.system, child.nhsNumber, recordId, version];
    const record = { recordId, personId: child.nhsNumber, recordType: agency.recordType };
    return {
      key: this.key(),
      clientId: clientOf(agency),
      feed: agency.feeds.records,
      body: documentOf(agency, [{ ...record, version: String(version), systemId: agency.system, purge: true }]),
      expects: [{ path: 'records[0]', name: JSON.stringify([...head, 'purged']) }],
    };
  }

  relation(): Parcel {
    const child = this.random.pick(this.children);
    const agency = this.random.pick(child.knownTo);
    const relation = this.relationTo(agency, child, this.random.between(1, 3), `R-${child.nhsNumber}`);
    return staffParcel(agency, this.key(), [], [relation]);
  }

  relationTo(agency: Agency, child: Child, sequence: number, relationId = this.id('L')): Json {
    return {
      relationId,
      sequence,
      relation: agency.relation,
      ...(agency.relation === 'allocated' ? { workerId: readerOf(agency) } : {}),
      service: agency.service,
      child: { system: agency.system, localId: child.nhsNumber },
      from: '2025-01-01T00:00:00Z',
      to: null,
    };
  }

  unknownKind(): Parcel {
    const child = this.random.pick(this.children);
    const agency = this.random.pick(child.knownTo);
    const record = { ...recordOf(this.newRecord(agency, child)), recordType: 'unheard-of' };
    const field = 'records[0].recordType';
    const name = JSON.stringify([agency.organisation, agency.feeds.records, field, record]);
    return {
      key: this.key(),
      clientId: clientOf(agency),
      feed: agency.feeds.records,
      body: documentOf(agency, [record]),
      expects: [{ path: field, reason: 'unknown-record-type', name }],
    };
  }

  next(sent: readonly Parcel[]): Parcel {
    const { random } = this;
    const choice = random.next();
    if (choice < 0.05) return { ...random.pick(sent), key: this.key() };
    if (choice < 0.12) return this.purge();
    if (choice < 0.18) return this.relation();
    if (choice < 0.2) return this.unknownKind();
    if (choice < 0.5) {
      const record = this.nextVersion();
      return this.records(record.agency, [record]);
    }
    const agency = random.pick(AGENCIES);
    const known = this.children.filter(({ knownTo }) => knownTo.includes(agency));
    const children = random.some(known, 1, 2);
    if (children.length === 0) return this.relation();
    return this.records(
      agency,
      children.map((child) => this.hold(this.newRecord(agency, child))),
    );
  }
}

const readerOf = ({ organisation }: Agency): string => `reader-${organisation.toLowerCase()}`;

const governanceOf = ({ organisation }: Agency): [string, string] => [
  `governance-${organisation.toLowerCase()}-a`,
  `governance-${organisation.toLowerCase()}-b`,
];

const postOf = (agency: Agency, login: string, role: string): Json => ({
  workerId: login,
  sequence: 1,
  login,
  service: agency.service,
  role,
  from: '2025-01-01T00:00:00Z',
  to: null,
});

const READ_CHILDREN = 8;

/** Documents without end, after those that come first. */
export interface OpenWorkload extends Omit<Workload, 'rest'> {
  next(): Parcel;
  /** A new record of this organisation alone. */
  recordOf(organisation: string): Parcel;
  /** A record of so many dated items. */
  longRecordOf(organisation: string, items: number): Parcel;
  readonly lanes: readonly Lane[];
}

/** A reader and a child of his own: what he sees is closed and opened again and again. */
export interface Lane {
  readonly name: string;
  readonly reader: Reader;
  readonly first: readonly Parcel[];
  /** The n-th change of what is closed and opened, counted from 2. */
  readonly open: (n: number) => Parcel;
  readonly close: (n: number) => Parcel;
}

/** How a lane closes: a relation is taken back, a post is, or the record itself. */
const LANES = [
  { name: 'relation', of: 'HEALTH-01' },
  { name: 'post', of: 'LOCAL-AUTHORITY-02' },
  { name: 'record', of: 'POLICE-01' },
] as const;

const laneOf = (author: Author, { name, of }: (typeof LANES)[number], child: Child): Lane => {
  const agency = agencyOf(of);
  const login = `lane-reader-${name}`;
  const post = (sequence: number, more: Json = {}): Json => ({
    ...postOf(agency, login, agency.role),
    sequence,
    ...more,
  });
  const relation = (sequence: number, more: Json = {}): Json => ({
    ...author.relationTo(agency, child, sequence, `lane-${name}`),
    ...(agency.relation === 'allocated' ? { workerId: login } : {}),
    ...more,
  });
  const staff = (posts: Json[], relations: Json[]): Parcel => staffParcel(agency, author.key(), posts, relations);
  const record: HeldRecord = { ...author.newRecord(agency, child), recordId: `lane-${name}`, items: noItems(agency) };
  const version = (n: number): Parcel => author.records(agency, [{ ...record, version: n }]);
  const changes = {
    relation: {
      open: (n: number) => staff([], [relation(n)]),
      close: (n: number) => staff([], [relation(n, { removed: true })]),
    },
    post: { open: (n: number) => staff([post(n)], []), close: (n: number) => staff([post(n, { removed: true })], []) },
    record: { open: version, close: (n: number) => author.purgeOf({ ...record, version: n }) },
  }[name];
  return {
    name,
    reader: { login, children: [child] },
    first: [staff([post(1)], [relation(1)]), version(1)],
    ...changes,
  };
};

/** The same seed makes the same documents, as long as the same are asked for in the same order. */
export const openWorkload = (seed: number, children: number): OpenWorkload => {
  const author = new Author(new SeededRandom(seed), children);
  const childrenOf = (agency: Agency) =>
    author.children.filter(({ knownTo }) => knownTo.includes(agency)).slice(0, READ_CHILDREN);
  const first = AGENCIES.flatMap((agency) => {
    const people = [
      postOf(agency, readerOf(agency), agency.role),
      ...governanceOf(agency).map((login) => postOf(agency, login, 'information-governance')),
    ];
    const own = childrenOf(agency);
    const relations = own.map((child) => author.relationTo(agency, child, 1));
    const records = own.map((child) => author.hold(author.newRecord(agency, child)));
    return [staffParcel(agency, author.key(), people, relations), author.records(agency, records)];
  });
  let recent: readonly Parcel[] = first;
  return {
    first,
    readers: AGENCIES.map((agency) => ({ login: readerOf(agency), children: childrenOf(agency) })),
    governance: new Map(AGENCIES.map((agency) => [agency.organisation, governanceOf(agency)])),
    next: () => {
      const parcel = author.next(recent);
      recent = [...recent.slice(-200), parcel];
      return parcel;
    },
    recordOf: (organisation) => {
      const agency = agencyOf(organisation);
      return author.records(agency, [author.hold(author.newRecord(agency, author.childOf(agency)))]);
    },
    longRecordOf: (organisation, items) => {
      const agency = agencyOf(organisation);
      return author.records(agency, [author.longRecord(agency, author.childOf(agency), items)]);
    },
    lanes: LANES.map((lane) => laneOf(author, lane, author.newChild([agencyOf(lane.of)]))),
  };
};

/** Documents of several organisations about many children, in all at least so many contributions. */
export const createWorkload = (seed: number, contributions: number): Workload => {
  const { next, ...workload } = openWorkload(seed, Math.max(30, Math.round(contributions / 15)));
  const rest: Parcel[] = [];
  let count = countOf(workload.first);
  while (count < contributions) {
    const parcel = next();
    rest.push(parcel);
    count += parcel.expects.length;
  }
  return { ...workload, rest };
};

const countOf = (parcels: readonly Parcel[]): number => parcels.reduce((sum, { expects }) => sum + expects.length, 0);
