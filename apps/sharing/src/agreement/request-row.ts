import { ABOUT, TIERS, type About, type Tier } from '#contracts';
import {
  RELATION_KINDS,
  foldCode,
  partiesOf,
  readInstant,
  readMoment,
  type CompiledAgreement,
  type RelationKind,
} from '#sharing';

export const REQUEST_COLUMNS = [
  'request',
  'at',
  'sourceOrg',
  'sourceService',
  'destOrg',
  'destOrgType',
  'destService',
  'role',
  'relation',
  'purpose',
  'recordType',
  'mode',
  'tier',
  'about',
  'childBorn',
  'aboutBorn',
  'occurred',
  'ended',
  'facts',
] as const;
export type RequestColumn = (typeof REQUEST_COLUMNS)[number];

/** Columns without which no row can be decided. */
export const REQUIRED_COLUMNS: readonly RequestColumn[] = ['at', 'mode'];

export const MODES = ['EXISTENCE', 'SUMMARY', 'CONTENT', 'LOCATION'] as const;
export type Mode = (typeof MODES)[number];

/** One request, read. An empty text is "not given"; dates stand as written, known to be readable. */
export interface RequestRow {
  readonly at: number;
  readonly sourceOrg: string;
  readonly sourceService: string;
  readonly destOrg: string;
  readonly destOrgType: string;
  readonly destService: string;
  readonly role: string;
  readonly relation: RelationKind | null;
  readonly purpose: string;
  readonly recordType: string;
  readonly mode: Mode;
  readonly tier: Tier;
  readonly about: About;
  readonly childBorn: string;
  readonly aboutBorn: string;
  readonly occurred: string;
  readonly ended: string;
  readonly facts: readonly string[];
}

export interface BadValue {
  readonly column: RequestColumn;
  readonly reason: string;
}

class BadCell extends Error {
  constructor(
    readonly column: RequestColumn,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export type Cells = Readonly<Partial<Record<RequestColumn, string>>>;

const word = <T extends string>(cells: Cells, column: RequestColumn, words: readonly T[]): T | null => {
  const cell = cells[column] ?? '';
  if (cell === '') return null;
  const found = words.find((each) => foldCode(each) === foldCode(cell));
  if (found === undefined) throw new BadCell(column, `must be one of ${words.join(', ')}`);
  return found;
};

const given = <T>(value: T | null, column: RequestColumn): T => {
  if (value === null) throw new BadCell(column, 'is needed');
  return value;
};

/** A date or an RFC 3339 instant, or an empty text. */
const dateCell = (cells: Cells, column: RequestColumn): string => {
  const cell = cells[column] ?? '';
  // A local time has no offset, so that it may be either of two instants.
  if (cell !== '' && (readMoment(cell) === null || (cell.includes('T') && readInstant(cell) === null)))
    throw new BadCell(column, 'must be a date, or an instant with an offset');
  return cell;
};

const birthCell = (cells: Cells, column: RequestColumn): string => {
  const cell = cells[column] ?? '';
  if (cell === '' || cell === 'unborn' || /^\d{4}(-\d\d){0,2}$/.test(cell)) {
    if (cell !== '' && cell !== 'unborn' && readMoment(cell) === null) throw new BadCell(column, 'must be a date');
    return cell;
  }
  throw new BadCell(column, 'must be a date');
};

/** An instant to the millisecond, or a date, which is the start of that day in the zone of London. */
const atCell = (cells: Cells): number | null => {
  const cell = dateCell(cells, 'at');
  if (cell === '') return null;
  if (!cell.includes('T') && !/^\d{4}-\d\d-\d\d$/.test(cell) && readInstant(cell) === null)
    throw new BadCell('at', 'must be a date, or an instant with an offset');
  const instant = readInstant(cell);
  if (instant?.finer) throw new BadCell('at', 'must not be finer than a millisecond');
  return instant?.ms ?? readMoment(cell)?.start ?? null;
};

/** Kinds that the documents give an organisation, folded. */
const kindsOf = (agreements: readonly CompiledAgreement[], organisation: string): Map<string, string> =>
  new Map(
    agreements
      .flatMap((agreement) => partiesOf(agreement, organisation))
      .flatMap(({ kind }) => (kind === null ? [] : [[foldCode(kind), kind] as const])),
  );

/** The kind of the destination: the row's, the documents' where the row says none. Two that differ are a bad value. */
const kindCell = (cells: Cells, agreements: readonly CompiledAgreement[]): string => {
  const cell = cells.destOrgType ?? '';
  const organisation = cells.destOrg ?? '';
  const known = organisation === '' ? new Map<string, string>() : kindsOf(agreements, organisation);
  if (known.size > 1) throw new BadCell('destOrgType', 'differs between the documents');
  const [documented] = known.values();
  if (cell !== '' && documented !== undefined && foldCode(cell) !== foldCode(documented))
    throw new BadCell('destOrgType', 'differs from what the document says of this organisation');
  return cell === '' ? (documented ?? '') : cell;
};

const factsCell = (cells: Cells, known: ReadonlySet<string>): string[] =>
  (cells.facts ?? '')
    .split(';')
    .map((fact) => fact.trim())
    .filter((fact) => fact !== '')
    .map((fact) => {
      if (!known.has(fact)) throw new BadCell('facts', 'holds a fact that is not in the list');
      return fact;
    });

/**
 * Reads the cells of one row. A missing tier is ordinary and a missing `about` is child; modes, tiers, relations and
 * kinds compare without case. `knownFacts` are the closed list and those that a document reads.
 */
export const readRequest = (
  cells: Cells,
  agreements: readonly CompiledAgreement[],
  knownFacts: ReadonlySet<string>,
): { readonly request: RequestRow } | { readonly bad: BadValue } => {
  try {
    const text = (column: RequestColumn): string => cells[column] ?? '';
    return {
      request: {
        at: given(atCell(cells), 'at'),
        sourceOrg: text('sourceOrg'),
        sourceService: text('sourceService'),
        destOrg: text('destOrg'),
        destOrgType: kindCell(cells, agreements),
        destService: text('destService'),
        role: text('role'),
        relation: word(cells, 'relation', RELATION_KINDS),
        purpose: text('purpose'),
        recordType: text('recordType'),
        mode: given(word(cells, 'mode', MODES), 'mode'),
        tier: word(cells, 'tier', TIERS) ?? 'ordinary',
        about: word(cells, 'about', ABOUT) ?? 'child',
        childBorn: birthCell(cells, 'childBorn'),
        aboutBorn: birthCell(cells, 'aboutBorn'),
        occurred: dateCell(cells, 'occurred'),
        ended: dateCell(cells, 'ended'),
        facts: factsCell(cells, knownFacts),
      },
    };
  } catch (error) {
    if (error instanceof BadCell) return { bad: { column: error.column, reason: error.reason } };
    throw error;
  }
};
