import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { runAgreement } from './run-agreement.js';

const policy = (change: object = {}, organisation: object = {}) => ({
  organisations: [
    {
      orgId: 'HOMES-01',
      orgName: 'Homes',
      orgType: 'HOUSING',
      recordTypes: ['tenancy'],
      ...organisation,
      dsaPolicy: {
        version: '2025-11-10T12:00:00Z',
        defaults: [
          {
            effect: 'allow',
            modes: ['EXISTENCE', 'CONTENT'],
            recordTypes: ['tenancy'],
            destOrgTypes: ['HEALTH'],
            purposes: ['SAFEGUARDING'],
            ...change,
          },
        ],
        exceptions: [],
      },
    },
    { orgId: 'HEALTH-01', orgName: 'Health', orgType: 'HEALTH', recordTypes: [], dsaPolicy: null },
  ],
});

const agreement = {
  schema: 'agreement/1',
  id: 'small',
  version: '1',
  parties: {
    council: { kind: 'LOCAL_AUTHORITY', orgs: ['la:901'], desk: 'Front door', services: { care: 'open' } },
    school: { kind: 'EDUCATION', orgs: ['urn:*@la:901'], desk: 'Office', services: { dsl: 'open' } },
  },
  permits: [
    {
      id: 'plan',
      readerText: 'Plans',
      from: ['council.care'],
      records: { types: ['plan'], about: ['child', 'carer'] },
      to: ['school.dsl'],
      roles: ['dsl'],
      relation: ['on-roll'],
      show: { summary: true, content: ['status', 'dates'] },
    },
  ],
  forbids: [{ id: 'no-dates', fields: ['dates'], to: ['*'], when: ['address-protected'] }],
};

const HEADER = 'request,at,sourceOrg,destOrg,destOrgType,purpose,recordType,mode';
const ROW = '1,2026-01-01T00:00:00Z,HOMES-01,READER,HEALTH,SAFEGUARDING,tenancy,CONTENT';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agreement-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = async (...args: string[]) => {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = await runAgreement(args, {
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    interactive: false,
  });
  return { code, printed, complaints: complaints.join('\n') };
};

const decide = async (documents: readonly unknown[], table: string, ...more: string[]) => {
  const paths = await Promise.all(
    documents.map(async (document, index) => {
      const path = join(folder, `document-${index}.json`);
      await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
      return path;
    }),
  );
  const requests = join(folder, 'requests.csv');
  const out = join(folder, 'out.csv');
  await writeFile(requests, table);
  const result = await run(
    'decide',
    ...paths.flatMap((path) => ['--agreement', path]),
    ...['--requests', requests, '--out', out, ...more],
  );
  const text = result.code === 0 ? await readFile(out, 'utf8') : '';
  const rows: string[][] = parse(text);
  return { ...result, text, rows };
};

describe('agreement decide', () => {
  it('answers each row after its own columns, in their order', async () => {
    const { code, rows, printed } = await decide([policy()], `${HEADER}\n${ROW}\n${ROW.replace('HEALTH', 'POLICE')}\n`);
    expect(code).toBe(0);
    expect(rows).toEqual([
      [...HEADER.split(','), 'decision', 'fields', 'clauses'],
      [...ROW.split(','), 'allow', '*', 'HOMES-01.defaults[0].CONTENT.1'],
      [...ROW.replace('HEALTH', 'POLICE').split(','), 'deny', '', ''],
    ]);
    expect(printed).toEqual(['2 requests: 1 allowed, 1 denied']);
  });

  it('takes columns in any order, a byte order mark, CRLF, quotes, empty lines and codes in any case', async () => {
    const table =
      '\uFEFF"mode","at",recordType,purpose,destOrgType,sourceOrg,request\r\n' +
      '"existence",2026-01-01T00:00:00+01:00,Tenancy,safeguarding,health,homes-01,"a ""quoted"", note\r\nin two lines"\r\n' +
      '\r\nLocation,2026-01-01,tenancy,SAFEGUARDING,HEALTH,HOMES-01,\r\n';
    const { rows } = await decide([policy()], table);
    expect(rows.slice(1).map((row) => row.slice(6, 9))).toEqual([
      ['a "quoted", note\r\nin two lines', 'allow', ''],
      ['', 'allow', '*'],
    ]);
  });

  it('decides summary, content and location alike, existence apart', async () => {
    const modes = ['EXISTENCE', 'SUMMARY', 'CONTENT', 'LOCATION'];
    const table = [HEADER, ...modes.map((mode) => ROW.replace('CONTENT', mode))].join('\n');
    const decisions = async (only: string): Promise<unknown> =>
      (await decide([policy({ modes: [only] })], table)).rows.slice(1).map((row) => row.slice(8, 10).join(' '));
    expect(await decisions('CONTENT')).toEqual(['deny ', 'allow ', 'allow *', 'allow *']);
    expect(await decisions('EXISTENCE')).toEqual(['allow ', 'deny ', 'deny ', 'deny ']);
  });

  it('takes the kind of a reader from the document where the row says none', async () => {
    const { rows } = await decide([policy()], `${HEADER}\n${ROW.replace('READER,HEALTH', 'health-01,')}\n`);
    expect(rows[1]?.[8]).toBe('allow');
  });

  it('asks of an agreement what it asks: seats, roles, relations, ages, facts; and names the fields that show', async () => {
    const columns =
      'at,sourceOrg,sourceService,destOrg,destService,role,relation,purpose,recordType,mode,about,childBorn,facts,tier';
    const row = (change: Record<string, string> = {}): string => {
      const cells: Record<string, string> = {
        at: '2026-01-01T00:00:00Z',
        sourceOrg: 'la:901',
        sourceService: 'care',
        destOrg: 'urn:7@la:901',
        destService: 'dsl',
        role: 'dsl',
        relation: 'on-roll',
        purpose: 'SAFEGUARDING',
        recordType: 'plan',
        mode: 'CONTENT',
        childBorn: '2015-01-01',
        ...change,
      };
      return columns
        .split(',')
        .map((column) => cells[column] ?? '')
        .join(',');
    };
    const { rows } = await decide(
      [agreement, policy()],
      [
        columns,
        row(),
        row({ facts: 'address-protected; open-episode' }),
        row({ about: 'sibling' }),
        row({ about: 'carer' }),
        row({ role: '' }),
        row({ relation: '' }),
        row({ childBorn: '' }),
        row({ childBorn: '2008-01-01' }),
        row({ mode: 'LOCATION' }),
        row({ mode: 'SUMMARY' }),
        row({ mode: 'EXISTENCE' }),
        row({ destService: '' }),
        row({ tier: 'originator' }),
      ].join('\n'),
    );
    expect(rows.slice(1).map((each) => each.slice(-3).join(' '))).toEqual([
      'allow dates;status plan',
      'allow status plan',
      'deny  ',
      'allow dates;status plan',
      ...Array.from({ length: 5 }, () => 'deny  '),
      'allow  plan',
      ...Array.from({ length: 3 }, () => 'deny  '),
    ]);
  });

  it('lays the hub’s baseline over the documents where asked: a relation, a purpose, one’s own, what is sealed', async () => {
    const columns = `${HEADER},relation,tier`;
    const own = ROW.replace('READER,HEALTH', 'HOMES-01,');
    const table = [
      columns,
      `${ROW},,`,
      `${ROW},registered,`,
      `${ROW},emergency,`,
      `${own},,`,
      `${own},team,`,
      `${own},team,originator`,
      `${own},team,sealed`,
      `${own.replace('CONTENT', 'EXISTENCE')},team,`,
    ].join('\n');
    const decisions = async (...more: string[]): Promise<string> =>
      (await decide([policy()], table, ...more)).rows
        .slice(1)
        .map((row) => row[10])
        .join(' ');
    expect(await decisions('--baseline')).toBe('deny allow deny deny allow allow deny allow');
    expect(await decisions()).toBe('allow allow allow deny deny deny deny deny');
  });

  it.each([
    ['an unknown column', `${HEADER},colour`, `${ROW},red`, 'line 1, column colour: '],
    ['a column twice', `${HEADER},mode`, `${ROW},CONTENT`, 'line 1, column mode: '],
    ['no column of modes', HEADER.replace(',mode', ''), ROW.replace(',CONTENT', ''), 'line 1, column mode: is missing'],
    ['a row that is short', HEADER, ROW.replace(',CONTENT', ''), 'line 3, column mode: '],
    ['a row that is long', HEADER, `${ROW},more`, 'line 3, column mode: '],
    ['another mode', HEADER, ROW.replace('CONTENT', 'SECRET'), 'line 3, column mode: '],
    ['no mode', HEADER, ROW.replace('CONTENT', ''), 'line 3, column mode: is needed'],
    ['no instant', HEADER, ROW.replace('2026-01-01T00:00:00Z', ''), 'line 3, column at: is needed'],
    ['an instant without offset', HEADER, ROW.replace('00:00Z', '00:00'), 'line 3, column at: '],
    ['a local minute', HEADER, ROW.replace('00:00:00Z', '00:00'), 'line 3, column at: '],
    ['a year for an instant', HEADER, ROW.replace('2026-01-01T00:00:00Z', '2026'), 'line 3, column at: '],
    ['a day that is none', HEADER, ROW.replace('01-01T', '02-30T'), 'line 3, column at: '],
    ['an instant too fine', HEADER, ROW.replace('00Z', '00.00001Z'), 'line 3, column at: '],
    [
      'another kind than the document’s',
      HEADER,
      ROW.replace('READER,HEALTH', 'health-01,POLICE'),
      'column destOrgType: ',
    ],
    ['another tier', `${HEADER},tier`, `${ROW},SECRET`, 'line 3, column tier: '],
    ['another person', `${HEADER},about`, `${ROW},SECRET`, 'line 3, column about: '],
    ['another relation', `${HEADER},relation`, `${ROW},SECRET`, 'line 3, column relation: '],
    ['a birth date that is none', `${HEADER},childBorn`, `${ROW},2015-13-01`, 'line 3, column childBorn: '],
    ['a birth instant', `${HEADER},aboutBorn`, `${ROW},2015-01-01T00:00:00Z`, 'line 3, column aboutBorn: '],
    ['a date that is none', `${HEADER},occurred`, `${ROW},SECRET`, 'line 3, column occurred: '],
    ['an end that is none', `${HEADER},ended`, `${ROW},SECRET`, 'line 3, column ended: '],
    ['a fact that is none', `${HEADER},facts`, `${ROW},address-protected;SECRET`, 'line 3, column facts: '],
    ['a quote that never closes', HEADER, ROW.replace('HOMES', '"HOMES'), 'requests.csv: line '],
  ])('stops at %s, naming line and column and never the value', async (_, header, row, place) => {
    const columns = header.split(',').length;
    const filler = columns > 8 ? `${ROW}${','.repeat(columns - 8)}` : ROW.split(',').slice(0, columns).join(',');
    const { code, complaints } = await decide([policy()], `${header}\n${filler}\n${row}\n`);
    expect(code).toBe(1);
    expect(complaints).toMatch(/^requests\.csv: line \d+, column [^:]+: /);
    expect(complaints).toContain(place);
    expect(complaints).not.toContain('SECRET');
    expect(await readdir(folder)).toEqual(['document-0.json', 'requests.csv']);
  });

  it('counts lines as an editor does, whatever is inside quotes', async () => {
    const long = ROW.replace('1,', '"one\ntwo\nthree",');
    const { complaints } = await decide([policy()], `${HEADER}\n${long}\n\n${ROW.replace('CONTENT', 'x')}\n`);
    expect(complaints).toContain('line 6, column mode');
    const inside = await decide([policy()], `${HEADER}\n${ROW}\n${long.replace('CONTENT', 'x')}\n`);
    expect(inside.complaints).toContain('line 3, column mode');
  });

  it('stops at a document that is refused, with each place', async () => {
    const { code, complaints } = await decide([policy({ effect: 'maybe', purposes: ['A*B'] })], `${HEADER}\n${ROW}\n`);
    expect(code).toBe(1);
    expect(complaints).toMatch(/document-0\.json:1:\d+: \$\.organisations\[0\]\.dsaPolicy\.defaults\[0\]\.effect: /);
    expect(complaints).toMatch(/defaults\[0\]\.purposes\[0\]: must not hold/);
    expect((await decide(['{'], `${HEADER}\n`)).complaints).toMatch(/is not JSON/);
  });

  it.each([
    [[], ''],
    [['judge'], 'Usage'],
    [['decide'], '--agreement is needed'],
    [['decide', '--agreement', 'a.json', '--out', 'o.csv'], '--requests is needed'],
    [['decide', '--agreement', 'none.json', '--requests', 'r', '--out', 'o'], 'none.json: cannot be read'],
    [['decide', '--agreement', 'a', '--requests', 'r', '--out', 'o', '--desk', 'A=b'], '--desk is no option'],
    [['decide', '--colour'], 'Usage'],
  ])('ends with 1 for %j', async (args, said) => {
    const { code, complaints } = await run(...args);
    expect(code).toBe(1);
    expect(complaints).toContain(said);
  });
});

describe('agreement import', () => {
  const importing = async (document: unknown, ...more: string[]) => {
    const path = join(folder, 'policy.json');
    const out = join(folder, 'cells.json');
    await writeFile(path, JSON.stringify(document));
    const result = await run('import', '--agreement', path, '--out', out, ...more);
    return { ...result, out };
  };

  it('writes permit-only cells, which then decide the same', async () => {
    const { code, out, complaints } = await importing(policy(), '--desk', 'homes-01=Call 01632 960555=now');
    expect(code).toBe(0);
    expect(complaints).toBe('HEALTH-01 has no desk: its notices will say its kind alone');
    const cells = JSON.parse(await readFile(out, 'utf8'));
    expect(cells).toMatchObject({
      schema: 'agreement-cells/1',
      parties: [{ organisation: 'HOMES-01', kind: 'HOUSING', desk: 'Call 01632 960555=now', service: 'open' }, {}],
      existence: [{ of: 'org:homes-01', shows: ['party-kind', 'desk'] }],
      permits: [
        { from: 'org:homes-01', to: ['kind:health'], except: [], show: '*', rule: { list: 'defaults', index: 0 } },
      ],
    });
    const { rows } = await decide([cells], `${HEADER}\n${ROW}\n`);
    expect(rows[1]?.slice(8)).toEqual(['allow', '*', 'HOMES-01.defaults[0].CONTENT.1']);
  });

  it('refuses a desk of nobody, an agreement that needs no import, and a policy that is wrong', async () => {
    expect((await importing(policy(), '--desk', 'OTHER=x')).code).toBe(1);
    expect((await importing(policy(), '--desk', 'OTHER')).code).toBe(1);
    expect((await importing(agreement)).complaints).toContain('not a policy to import');
    expect((await importing(policy({}, { orgId: 'A:B' }))).complaints).toContain('$.organisations[0].orgId');
  });
});

describe('agreement test', () => {
  const testing = async (...documents: readonly (string | object)[]) => {
    const paths = await Promise.all(
      documents.map(async (document, index) => {
        const path = join(folder, `tested-${index}.json`);
        await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document, null, 2));
        return path;
      }),
    );
    const result = await run('test', ...paths);
    return { ...result, complaints: result.complaints.replaceAll(`${folder}/`, '') };
  };

  it('passes a policy whose cases hold, and says how many', async () => {
    const { code, printed, complaints } = await testing(policy(), policy());
    expect([code, complaints]).toEqual([0, '']);
    expect(printed).toHaveLength(2);
    expect(printed[0]).toMatch(/tested-0\.json: may be adopted; \d+ cases hold$/);
  });

  it('names every unseen change and hidden fact with its line, and goes on to the next document', async () => {
    const told = { ...agreement.permits[0], id: 'told', when: ['open-episode'] };
    const { code, complaints } = await testing({ ...agreement, permits: [...agreement.permits, told] }, '{', policy());
    expect(code).toBe(1);
    const lines = JSON.stringify({ ...agreement, permits: [...agreement.permits, told] }, null, 2).split('\n');
    for (const complaint of complaints.split('\n').filter((line) => line.startsWith('tested-0'))) {
      const [, line, column, place] = /^tested-0\.json:(\d+):(\d+): (\$[^:]*): /.exec(complaint)!;
      const name = /([a-zA-Z]+)(\[\d+\])?$/.exec(place!)![1]!;
      const there = lines[Number(line) - 1]!.slice(Number(column) - 1);
      // At the name of the value, at an element, or at the clause that lacks it.
      expect(there).toMatch(new RegExp(`^("${name}"|\\{|"open-episode")`));
    }
    expect(complaints).toMatch(
      /\$\.permits\[0\]: can be deleted and no case fails; waived by name as clause plan, change deleted/,
    );
    expect(complaints).toContain('$.permits[1].when[0]: is a fact that whoever is shown this may not see');
    expect(complaints).toMatch(/tested-1\.json:1:2: is not JSON/);
    expect(complaints).not.toContain('tested-2');
  });

  it('names a failing case', async () => {
    const cases = [
      {
        name: 'x',
        viewer: { service: 'school.dsl' },
        purpose: 'SAFEGUARDING',
        entry: { from: 'council.care', type: 'plan' },
        expect: [{ at: '2026-01-01', by: ['plan'] }],
      },
    ];
    const { code, complaints } = await testing({ ...agreement, cases });
    expect(code).toBe(1);
    expect(complaints).toMatch(/^tested-0\.json:\d+:\d+: \$\.cases\[0\]\.expect\[0\]: other clauses decide$/);
  });

  it('needs a path, and none of the other options', async () => {
    expect((await run('test')).complaints).toContain('takes the paths of documents');
    expect((await run('test', 'a.json', '--baseline')).complaints).toContain('--baseline is no option of test');
  });
});

describe('agreement explain', () => {
  it('says what a document says, in plain English, each sentence with its clause', async () => {
    const path = join(folder, 'explained.json');
    await writeFile(path, JSON.stringify(agreement));
    const { code, printed } = await run('explain', path);
    expect(code).toBe(0);
    expect(printed[0]).toBe('small (small, version 1)');
    expect(printed).toContain('\nWhat is shared');
    expect(printed.find((line) => line.endsWith('[plan]'))).toMatch(
      /^- Staff of school \(dsl\), in the role of dsl, at whose school the child is on roll, may see /,
    );
    await writeFile(path, JSON.stringify(policy()));
    expect((await run('explain', path)).printed.join('\n')).toContain(
      'Staff of any health organisation may see everything',
    );
  });
});
