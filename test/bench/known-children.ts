import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { AGENCIES, AUTHORITY, NEIGHBOUR, nhsNumberOf, PARTNERS, recordOf, type Agency, type Json } from './agencies.js';

/** Entries of one child that its social worker sees. */
export const ENTRIES = 200;
/** Entries of one child that another authority holds, which shows them to nobody. */
const HIDDEN = 20;
const READERS = 4;
const CHILDREN_A_DOCUMENT = 5;

/** A child that several agencies know, and who of the authority works with it. */
export interface KnownChild {
  readonly nhsNumber: string;
  readonly reader: string;
}

/** A document as a connector sends it. */
export interface Document {
  readonly key: string;
  readonly agency: Agency;
  readonly feed: string;
  readonly body: string;
  /** Of each item of the receipt, in order: the child that it is about. Empty for staff. */
  readonly about: readonly KnownChild[];
}

export interface KnownChildren {
  readonly children: readonly KnownChild[];
  readonly staff: readonly Document[];
  readonly records: readonly Document[];
  /** Two people of each organisation who sign agreements. */
  readonly governance: ReadonlyMap<string, readonly [string, string]>;
}

const FROM = '2025-01-01T00:00:00Z';
const ROLES: Readonly<Record<string, { service: string; role: string }>> = {
  'POLICE-01': { service: 'ppu', role: 'ppu-officer' },
  'HEALTH-01': { service: 'hv-sn', role: 'health-visitor' },
  'EDUCATION-01': { service: 'dsl', role: 'dsl' },
  'LOCAL-AUTHORITY-01': { service: 'csc', role: 'social-worker' },
  'LOCAL-AUTHORITY-02': { service: 'csc', role: 'social-worker' },
};

const governanceOf = (agency: Agency): readonly [string, string] => [
  `governance-${agency.organisation.toLowerCase()}-a`,
  `governance-${agency.organisation.toLowerCase()}-b`,
];

const staffDocument = (agency: Agency, children: readonly KnownChild[]): Document => {
  const { service, role } = ROLES[agency.organisation]!;
  const post = (login: string, asRole: string): Json => ({
    workerId: login,
    sequence: 1,
    login,
    service,
    role: asRole,
    from: FROM,
    to: null,
  });
  const readers = agency === AUTHORITY ? [...new Set(children.map(({ reader }) => reader))] : [];
  const relations = (agency === AUTHORITY ? children : []).map((child) => ({
    relationId: `allocation-${child.nhsNumber}`,
    sequence: 1,
    relation: 'allocated',
    workerId: child.reader,
    service,
    child: { system: agency.system, localId: child.nhsNumber },
    from: FROM,
    to: null,
  }));
  const staff = [
    ...readers.map((login) => post(login, role)),
    ...governanceOf(agency).map((login) => post(login, 'information-governance')),
  ];
  return {
    key: `staff-${agency.organisation}`,
    agency,
    feed: agency.feeds.staff,
    body: JSON.stringify({ organisation: agency.organisation, staff, relations }),
    about: [],
  };
};

/** A record with its statuses and dated items, so many entries in all. */
const longRecord = (agency: Agency, child: KnownChild, entries: number, random: SeededRandom): Json =>
  recordOf({
    agency,
    recordId: `LONG-${child.nhsNumber}`,
    personId: child.nhsNumber,
    version: 1,
    payload: {
      ...agency.statuses(random),
      [agency.dated.field]: Array.from({ length: entries - 1 }, (_, i) => agency.dated.item(i, random)),
    },
  });

/**
 * Children with 200 entries each that their social worker sees, from four agencies, and 20 of another authority that
 * he does not: at least so many entries seen in all. A pure function of the seed.
 */
export const createKnownChildren = (seed: number, entries: number): KnownChildren => {
  const random = new SeededRandom(seed);
  const children: KnownChild[] = [];
  // Beyond the numbers that the stream of events takes first.
  for (let n = 500_000; children.length < Math.max(READERS, Math.ceil(entries / ENTRIES)); n += 1) {
    const nhsNumber = nhsNumberOf(n);
    if (nhsNumber !== undefined) children.push({ nhsNumber, reader: `reader-${children.length % READERS}` });
  }
  const records: Document[] = [];
  for (let i = 0; i < children.length; i += CHILDREN_A_DOCUMENT) {
    const some = children.slice(i, i + CHILDREN_A_DOCUMENT);
    for (const agency of AGENCIES) {
      const count = agency === NEIGHBOUR ? HIDDEN : ENTRIES / PARTNERS.length;
      const { organisation } = agency;
      const long = some.map((child) => longRecord(agency, child, count, random));
      records.push({
        key: `long-${organisation}-${i}`,
        agency,
        feed: agency.feeds.records,
        body: JSON.stringify({ orgId: organisation, orgName: organisation, orgType: 'OTHER', records: long }),
        about: some.flatMap((child) => Array.from({ length: count }, () => child)),
      });
    }
  }
  return {
    children,
    staff: AGENCIES.map((agency) => staffDocument(agency, children)),
    records,
    governance: new Map(AGENCIES.map((agency) => [agency.organisation, governanceOf(agency)])),
  };
};
