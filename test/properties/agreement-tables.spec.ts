import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgreementCli } from '../../apps/sharing/src/agreement/agreement-cli.js';
import { casesAsRows, decideAgreements, purposesOfAgreements } from '../support/decision-oracle/agreement-oracle.js';
import type { AgreementDocument, AgreementPermit } from '../support/decision-oracle/agreement-oracle.js';
import { decideWithBaseline } from '../support/decision-oracle/baseline-oracle.js';
import { decideDfe, purposesOfDfe } from '../support/decision-oracle/dfe-oracle.js';
import type { DfePolicyFile } from '../support/decision-oracle/dfe-oracle.js';
import { dfeTable } from '../support/decision-oracle/dfe-table.js';
import { changedAgreementDeciders, changedDeciders } from '../support/decision-oracle/changed-deciders.js';
import { randomAgreementRow, randomAgreements } from '../support/decision-oracle/random-agreements.js';
import {
  otherPoliciesOf,
  randomBaselineRow,
  randomPolicyFile,
  randomPolicyRow,
} from '../support/decision-oracle/random-policies.js';
import type { RequestRow, Verdict } from '../support/decision-oracle/request-row.js';
import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import {
  DFE_POLICIES_PATH,
  WEXSHIRE_PATH,
  itWith,
  readDfePolicies,
  readWexshire,
} from '../support/decision-oracle/shared-documents.js';
import { shrinkCase } from '../support/decision-oracle/shrink-case.js';
import { SMALL_AGREEMENT } from '../support/decision-oracle/small-agreement.js';
import { readTable, writeRequests } from '../support/decision-oracle/table-csv.js';

/** Another seed tries other documents and rows: `AGREEMENT_TABLES_SEED=7 npm test -- agreement-tables`. */
const SEED = Number(process.env['AGREEMENT_TABLES_SEED'] ?? '20261125');
/** Each verdict has at least this share of the rows, so that neither always-yes nor always-no comes near to passing. */
const SMALLEST_SHARE = 0.05;

/** Each planted mistake shows in at least so many rows. */
const FEWEST_FOUND = 2;

type Document = AgreementDocument | DfePolicyFile;

/** Documents and the rows to decide by them. */
interface Table {
  documents: Document[];
  rows: RequestRow[];
  baseline: boolean;
}

interface Answer {
  decision: string;
  /** Undefined where only the verdict is compared: a wildcard, an own record, a mode without fields. */
  fields: string | undefined;
}

const isPolicyFile = (document: Document): document is DfePolicyFile => 'organisations' in document;
const isAgreement = (document: Document): document is AgreementDocument => !isPolicyFile(document);

function expectedAnswer(documents: readonly Document[], row: RequestRow, baseline: boolean): Answer {
  const files = documents.filter(isPolicyFile);
  const agreements = documents.filter(isAgreement);
  const byAgreement = decideAgreements(agreements, row);
  const byFile = decideDfe(files, row);
  const alone: Verdict = byAgreement.decision === 'allow' || byFile === 'allow' ? 'allow' : 'deny';
  const named = [...purposesOfDfe(files), ...purposesOfAgreements(agreements)];
  const decision = baseline ? decideWithBaseline(row, named, alone) : alone;
  if (decision === 'deny') return { decision, fields: '' };
  const namesFields = ['CONTENT', 'LOCATION'].includes(row.mode.toUpperCase());
  const fields = namesFields && byFile === 'deny' && byAgreement.decision === 'allow' && !baseline;
  return { decision, fields: fields ? byAgreement.fields.join(';') : undefined };
}

function differs(got: Record<string, string> | undefined, expected: Answer): boolean {
  if (got === undefined || got['decision'] !== expected.decision) return true;
  const fields = (got['fields'] ?? '').split(';').sort().join(';');
  return expected.fields !== undefined && fields !== expected.fields;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agreement-tables-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs `agreement decide` on files; the lines of its answer, or what it complained of. */
async function runDecide(
  documents: readonly unknown[],
  requests: string,
  baseline: boolean,
): Promise<{ lines: Record<string, string>[] } | { refused: string }> {
  const paths = documents.map((_, index) => join(folder, `document-${String(index)}.json`));
  await Promise.all(paths.map((path, index) => writeFile(path, JSON.stringify(documents[index]))));
  const table = join(folder, 'requests.csv');
  const out = join(folder, 'decisions.csv');
  await writeFile(table, requests);
  await rm(out, { force: true });
  const flags = ['--requests', table, '--out', out, ...(baseline ? ['--baseline'] : [])];
  const { code, said } = await whileListening(() => runAgreementCli(['decide', '--agreement', ...paths, ...flags]));
  if (code !== 0) return { refused: `exit ${String(code)}: ${said}` };
  return { lines: readTable(await readFile(out, 'utf8')) };
}

/** Runs a command in this process and keeps what it would have printed. */
async function whileListening(command: () => Promise<number>): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      said.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk));
      return true;
    };
  }
  try {
    return { code: await command(), said: said.join('') };
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
}

async function decideOne(documents: readonly unknown[], row: RequestRow, baseline: boolean) {
  const run = await runDecide(documents, writeRequests(new SeededRandom(1), [row]), baseline);
  return 'lines' in run ? run.lines[0] : undefined;
}

/** Fails with the smallest documents and row that show the difference. */
async function failWith(table: Table, row: RequestRow): Promise<never> {
  const smallest = await shrinkCase({ documents: table.documents, row }, async (candidate) => {
    const got = await decideOne(candidate.documents, candidate.row, table.baseline).catch(() => undefined);
    if (got === undefined) return false;
    return differs(got, expectedAnswer(candidate.documents as Document[], candidate.row, table.baseline));
  });
  const got = await decideOne(smallest.documents, smallest.row, table.baseline);
  const expected = expectedAnswer(smallest.documents as Document[], smallest.row, table.baseline);
  const given = Object.fromEntries(Object.entries(smallest.row).filter(([, text]) => text !== ''));
  throw new Error(
    [
      `seed ${String(SEED)}${table.baseline ? ', with --baseline' : ''}`,
      `row: ${JSON.stringify(given)}`,
      `expected: ${JSON.stringify(expected)}`,
      `got: ${JSON.stringify({ decision: got?.['decision'], fields: got?.['fields'], clauses: got?.['clauses'] })}`,
      `documents: ${JSON.stringify(smallest.documents, null, 1)}`,
    ].join('\n'),
  );
}

/** Compares every row of every table; answers how many rows there were of each verdict. */
async function compareTables(tables: Iterable<Table>): Promise<Record<Verdict, number>> {
  const random = new SeededRandom(SEED);
  const counts = { allow: 0, deny: 0 };
  for (const table of tables) {
    const run = await runDecide(table.documents, writeRequests(random, table.rows), table.baseline);
    if ('refused' in run) throw new Error(`seed ${String(SEED)}: ${run.refused}\n${JSON.stringify(table.documents)}`);
    expect(run.lines.map(({ request }) => request)).toEqual(table.rows.map(({ request }) => request));
    for (const [index, row] of table.rows.entries()) {
      const expected = expectedAnswer(table.documents, row, table.baseline);
      counts[expected.decision as Verdict] += 1;
      if (differs(run.lines[index], expected)) await failWith(table, row);
    }
  }
  return counts;
}

/** What the command answers to a document's own cases is what the document says, whatever the oracle thinks. */
async function expectCases(document: AgreementDocument): Promise<void> {
  const cases = casesAsRows(document);
  const run = await runDecide(
    [document],
    writeRequests(
      new SeededRandom(SEED),
      cases.map(({ row }) => row),
    ),
    false,
  );
  const got =
    'lines' in run
      ? run.lines.map(({ decision, fields = '' }) => [decision, fields.split(';').sort().join(';')])
      : run.refused;
  expect(got).toEqual(cases.map(({ fields }) => [fields.length > 0 ? 'allow' : 'deny', fields.join(';')]));
}

function expectBothOften({ allow, deny }: Record<Verdict, number>): void {
  expect(allow / (allow + deny)).toBeGreaterThan(SMALLEST_SHARE);
  expect(deny / (allow + deny)).toBeGreaterThan(SMALLEST_SHARE);
}

/** Makes tables one at a time, each from a seed of its own. */
function* makeTables(
  count: number,
  salt: number,
  make: (random: SeededRandom, index: number) => Table,
): Generator<Table> {
  for (let index = 0; index < count; index += 1) {
    yield make(new SeededRandom(SEED * 1000 + salt + index), index);
  }
}

function makeRows(count: number, make: (request: string) => RequestRow): RequestRow[] {
  return Array.from({ length: count }, (_, index) => make(`r${String(index)}`));
}

/** Of three tables one has one policy file, one has a second of other organisations, one a second of the same. */
function policyFiles(random: SeededRandom, index: number): DfePolicyFile[] {
  const file = randomPolicyFile(random);
  if (index % 3 === 0) return [file];
  return [file, index % 3 === 1 ? randomPolicyFile(random, 'BODY') : otherPoliciesOf(random, file)];
}

const policyTables = (): Generator<Table> =>
  makeTables(60, 0, (random, index) => {
    const documents = policyFiles(random, index);
    const rows = makeRows(250, (request) => randomPolicyRow(random, documents, request));
    return { documents, rows, baseline: false };
  });

const agreementTables = (): Generator<Table> =>
  makeTables(50, 400, (random, index) => {
    const documents = randomAgreements(random, `g${String(index)}`);
    const rows = makeRows(200, (request) => randomAgreementRow(random, documents, request));
    return { documents, rows, baseline: false };
  });

/** Turns a row into one about a record of the reader's own service. */
function makeOwn(row: RequestRow): void {
  row.destOrg = row.sourceOrg ?? '';
  row.destService = row.sourceService ?? '';
}

describe('agreement decide, against an evaluator that shares nothing with it', () => {
  itWith(DFE_POLICIES_PATH)('gives the published policies their table', async () => {
    const table = dfeTable();
    const requests = writeRequests(
      new SeededRandom(SEED),
      table.map(({ row }) => row),
    );
    const run = await runDecide([readDfePolicies()], requests, false);
    const decisions = 'lines' in run ? run.lines.map(({ decision }) => decision) : run.refused;
    expect(decisions).toEqual(table.map(({ expected }) => expected));
  });

  itWith(WEXSHIRE_PATH)('holds the cases of the agreement beside the project, row by row', () =>
    expectCases(readWexshire()),
  );

  it('holds the cases of a small agreement, row by row', () => expectCases(SMALL_AGREEMENT));

  it('agrees on policies with defaults and exceptions, alone', async () => {
    expectBothOften(await compareTables(policyTables()));
  });

  it('agrees on such policies under the baseline', async () => {
    const tables = makeTables(20, 200, (random, index) => {
      const documents = policyFiles(random, index);
      const rows = makeRows(250, (request) => randomBaselineRow(random, documents, request));
      return { documents, rows, baseline: true };
    });
    expectBothOften(await compareTables(tables));
  });

  it('agrees on agreements, field by field', async () => {
    expectBothOften(await compareTables(agreementTables()));
  });

  it('agrees on agreements under the baseline', async () => {
    const tables = makeTables(15, 600, (random, index) => {
      const documents = randomAgreements(random, `g${String(index)}`);
      const rows = makeRows(200, (request) => randomAgreementRow(random, documents, request));
      for (const row of rows) if (random.chance(0.15)) makeOwn(row);
      return { documents, rows, baseline: true };
    });
    expectBothOften(await compareTables(tables));
  });

  it('agrees on documents of both shapes together, in either order', async () => {
    const tables = makeTables(8, 800, (random, index) => {
      const files = policyFiles(random, index);
      const agreements = randomAgreements(random, `g${String(index)}`);
      const rows = makeRows(200, (request) =>
        random.chance(0.5) ? randomPolicyRow(random, files, request) : randomAgreementRow(random, agreements, request),
      );
      const documents = index % 2 === 0 ? [...files, ...agreements] : [...agreements, ...files];
      return { documents, rows, baseline: false };
    });
    expectBothOften(await compareTables(tables));
  });

  it('lets a rule decide on a record type that its organisation does not list', async () => {
    const [file] = policyFiles(new SeededRandom(SEED), 0);
    const [organisation] = file?.organisations ?? [];
    if (organisation === undefined) throw new Error('no organisation');
    const rule = {
      effect: 'allow',
      modes: ['EXISTENCE', 'CONTENT'],
      recordTypes: ['unlisted'],
      destOrgTypes: ['HEALTH'],
      purposes: ['SAFEGUARDING'],
    };
    const dsaPolicy = { version: '1', defaults: [rule], exceptions: [] };
    const documents = [{ organisations: [{ ...organisation, recordTypes: ['listed'], dsaPolicy }] }];
    const row = {
      at: '2026-01-01T00:00:00Z',
      sourceOrg: organisation.orgId,
      destOrg: 'READER-01',
      destOrgType: 'HEALTH',
      purpose: 'SAFEGUARDING',
      recordType: 'unlisted',
    };
    const rows = ['EXISTENCE', 'CONTENT'].map((mode) => ({ ...row, request: mode, mode }));
    expect(await compareTables([{ documents, rows, baseline: false }])).toEqual({ allow: 2, deny: 0 });
  });

  it('ends a permit at eighteen that says only a least age', async () => {
    const permits = SMALL_AGREEMENT.permits.map((permit): AgreementPermit => ({
      ...permit,
      childAge: { min: 5, at: 'read' },
    }));
    const row = {
      at: '2026-05-01T00:00:00+01:00',
      sourceOrg: 'la:901',
      sourceService: 'csc',
      destOrg: 'ods:T1/1',
      destService: 'ward',
      role: 'nurse',
      relation: 'registered',
      purpose: 'SAFEGUARDING',
      recordType: 'protection-plan',
      occurred: '2026-04-01',
      mode: 'CONTENT',
    };
    const rows = ['2021-05-02', '2021-05-01', '2008-05-02', '2008-05-01', ''].map((childBorn) => ({
      ...row,
      request: childBorn,
      childBorn,
    }));
    const table = { documents: [{ ...SMALL_AGREEMENT, permits }], rows, baseline: false };
    expect(await compareTables([table])).toEqual({ allow: 2, deny: 3 });
  });

  it('would tell a decider of policies with any of these mistakes', () => {
    const found = new Map(Object.keys(changedDeciders).map((name) => [name, 0]));
    let rows = 0;
    for (const table of policyTables()) {
      const files = table.documents.filter(isPolicyFile);
      rows += table.rows.length;
      for (const row of table.rows) {
        const right = decideDfe(files, row);
        for (const [name, decide] of Object.entries(changedDeciders)) {
          if (decide(files, row) !== right) found.set(name, (found.get(name) ?? 0) + 1);
        }
      }
    }
    expect([...found].filter(([, times]) => times < FEWEST_FOUND)).toEqual([]);
    expect(found.get('always yes')).toBeGreaterThan(SMALLEST_SHARE * rows);
    expect(found.get('always no')).toBeGreaterThan(SMALLEST_SHARE * rows);
  });

  it('would tell a decider of agreements with any of these mistakes', () => {
    const found = new Map(Object.keys(changedAgreementDeciders).map((name) => [name, 0]));
    for (const table of agreementTables()) {
      const documents = table.documents.filter(isAgreement);
      for (const row of table.rows) {
        const right = JSON.stringify(decideAgreements(documents, row));
        for (const [name, decide] of Object.entries(changedAgreementDeciders)) {
          if (JSON.stringify(decide(documents, row)) !== right) found.set(name, (found.get(name) ?? 0) + 1);
        }
      }
    }
    expect([...found].filter(([, times]) => times < FEWEST_FOUND)).toEqual([]);
  });
});

describe('agreement decide, on what it must refuse', () => {
  const rule = {
    effect: 'allow',
    modes: ['CONTENT'],
    recordTypes: ['tenancy'],
    destOrgTypes: ['HEALTH'],
    purposes: ['SAFEGUARDING'],
  };
  const policies = (change: object, organisation: object = {}): DfePolicyFile => ({
    organisations: [
      {
        orgId: 'ORG-01',
        orgName: 'One',
        orgType: 'POLICE',
        recordTypes: ['tenancy'],
        ...organisation,
        dsaPolicy: { version: '1', defaults: [{ ...rule, ...change }], exceptions: [] },
      },
    ],
  });
  const row: RequestRow = {
    request: '1',
    at: '2026-01-01T00:00:00Z',
    sourceOrg: 'ORG-01',
    destOrg: 'ORG-02',
    destOrgType: 'HEALTH',
    purpose: 'SAFEGUARDING',
    recordType: 'tenancy',
    mode: 'CONTENT',
  };
  const header = 'request,at,sourceOrg,destOrg,destOrgType,purpose,recordType,mode,tier';
  const line = '1,2026-01-01T00:00:00Z,ORG-01,ORG-02,HEALTH,SAFEGUARDING,tenancy,CONTENT,';

  it('takes the plain policy and the plain row', async () => {
    expect((await decideOne([policies({})], row, false))?.['decision']).toBe('allow');
    expect(await runDecide([policies({})], `${header}\n${line}\n`, false)).toHaveProperty('lines');
  });

  it.each([
    ['an id with a star', policies({}, { orgId: 'ORG-*' })],
    ['an id with a slash', policies({ destOrgIds: ['ORG/02'] })],
    ['a type with a colon', policies({ destOrgTypes: ['kind:HEALTH'] })],
    ['a record type with an at sign', policies({ recordTypes: ['tenancy@home'] })],
    ['a purpose with a star', policies({ purposes: ['*'] })],
    ['an instant without an offset', policies({ validFrom: '2026-01-01T00:00:00' })],
    ['a date for an instant', policies({ validUntil: '2026-01-01' })],
    [
      'a window that ends before it starts',
      policies({ validFrom: '2026-01-02T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }),
    ],
    ['another effect', policies({ effect: 'permit' })],
    ['another mode', policies({ modes: ['SUMMARY'] })],
  ])('refuses a policy with %s, and names the place', async (_, document) => {
    const run = await runDecide([document], `${header}\n${line}\n`, false);
    expect(run).toHaveProperty('refused');
    expect('refused' in run && run.refused).toMatch(/organisations|ORG/);
  });

  it.each([
    ['an unknown column', `${header},colour`, `${line},red`, 'colour', /1/],
    ['another mode', header, line.replace('CONTENT', 'PEEK'), 'mode', /2/],
    ['another tier', header, `${line}secret`, 'tier', /2/],
    ['no instant', header, line.replace('2026-01-01T00:00:00Z', 'yesterday'), 'at', /2/],
    ["a reader's type other than the document's", header, line.replace('ORG-02', 'ORG-01'), 'destOrgType', /2/],
  ])('stops at a table with %s, and names line and column', async (_, first, second, column, lineNumber) => {
    const run = await runDecide([policies({})], `${first}\n${second}\n`, false);
    expect(run).toHaveProperty('refused');
    const said = 'refused' in run ? run.refused : '';
    expect(said).toContain(column);
    expect(said).toMatch(lineNumber);
  });
});
