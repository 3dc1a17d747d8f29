import type { ReaderReport, StoryReport } from './load-story.js';
import { GOVERNANCE, KEEPERS, READERS, type SignIn } from './story.js';

/** Owner and record type. */
const LABEL_WIDTH = 49;

const pad = (text: string, width: number): string => (text.length >= width ? text.slice(0, width) : text.padEnd(width));

/** What each reader sees of the shared child, side by side: entries by owner and record type, then notices. */
const readersTable = (readers: readonly ReaderReport[]): string[] => {
  const rows = [
    ...new Set(readers.flatMap(({ entries }) => entries.map(({ owner, recordType }) => `${owner} ${recordType}`))),
  ].sort();
  const parties = [...new Set(readers.flatMap(({ notices }) => notices.map(({ owner }) => owner)))].sort();
  const width = Math.max(...readers.flatMap(({ login, organisation }) => [login.length, organisation.length]));
  const head = (text: (reader: ReaderReport) => string, label = '') =>
    pad(label, LABEL_WIDTH) + readers.map((reader) => pad(text(reader), width)).join(' ');
  const cell = (reader: ReaderReport, row: string): string => {
    const found = reader.entries.find(({ owner, recordType }) => `${owner} ${recordType}` === row);
    return found ? String(found.count) : '·';
  };
  return [
    head((reader) => reader.login),
    head((reader) => reader.organisation, 'of'),
    head((reader) => reader.relation ?? 'no relation', 'relation'),
    '',
    'entries',
    ...rows.map(
      (row) => pad(`  ${row}`, LABEL_WIDTH) + readers.map((reader) => pad(cell(reader, row), width)).join(' '),
    ),
    'is involved, ring the desk',
    ...parties.map(
      (party) =>
        pad(`  ${party}`, LABEL_WIDTH) +
        readers
          .map((reader) => pad(reader.notices.some(({ owner }) => owner === party) ? 'yes' : '·', width))
          .join(' '),
    ),
  ];
};

const filesTable = (report: StoryReport): string[] =>
  [...report.files, ...report.added].flatMap((file) => [
    file.notTaken === null
      ? `  ${pad(file.file, 60)} ${String(file.sent).padStart(5)} sent ${String(file.filed).padStart(5)} filed${
          file.duplicates > 0 ? ` ${file.duplicates} known already` : ''
        }`
      : `  ${pad(file.file, 60)} not sent: ${file.notTaken}`,
    ...file.quarantined.map(({ field, reason, count }) => `      quarantined ${count}: ${field}: ${reason}`),
  ]);

const bearer = (name: string): string => `-H "authorization: Bearer $(npm run -s token -- --as ${name})"`;

const curls = (url: string, sharedChild: string): string[] => [
  'Ask for yourself, from this folder, in another terminal (tokens last one hour; development only)',
  '  a practitioner: the school’s safeguarding lead asks for the shared child',
  `    H=$(curl -s ${url}/v1/child-searches ${bearer('dsl')} -H 'content-type: application/json' \\`,
  `      -d '{"nhsNumber":"${sharedChild}","purpose":"SAFEGUARDING"}' | sed 's/.*"handle":"\\([^"]*\\)".*/\\1/')`,
  `    curl -s "${url}/v1/children/$H/chronology?purpose=SAFEGUARDING" ${bearer('dsl')}`,
  '  a connector: what became of what it sent',
  `    curl -s ${url}/v1/feeds/police-records/notices ${bearer('police-01-connector')}`,
  '  governance: the agreements in force, to read, adopt and revoke on the pages',
  `    curl -s ${url}/v1/agreements ${bearer('governance-police-01-a')}`,
  '  whoever audits: every stream and every recorded read, checked',
  '    npm run verify',
];

/** Who can sign in, each with what to look for; the governance people of every owner on one line. */
const signIns = (people: readonly SignIn[]): string[] => {
  const width = Math.max(...people.map(({ login }) => login.length)) + 2;
  return [
    ...people.map(
      ({ login, name, role, look }) => `  ${pad(login, width)}${name}, ${role.replaceAll('-', ' ')}: ${look}`,
    ),
    `  ${GOVERNANCE.map(({ login }) => login).join(', ')}: each ${GOVERNANCE[0]!.look}`,
  ];
};

/** The one screen of the demonstration. */
export const renderScreen = (report: StoryReport, url: string, others: readonly SignIn[]): string =>
  [
    '',
    'Sightline: what went in',
    ...filesTable(report),
    '',
    'Children, by how many organisations know them',
    ...Object.entries(report.children).map(
      ([organisations, children]) => `  ${organisations} organisation${organisations === '1' ? '' : 's'}: ${children}`,
    ),
    `  questions of identity for people to decide: ${report.questions}`,
    '',
    `What each reader sees of the child whom the most agencies share (${report.readers[0]?.purpose ?? ''}, ${report.recordedTime})`,
    ...readersTable(report.readers),
    '',
    `The hub answers on ${url} (health: ${url}/health/ready, issuer: ${url}/issuer)`,
    '',
    `Look for yourself: open ${url} in a browser and sign in as one of these (there is no password; development only)`,
    ...signIns([...READERS, ...others, ...KEEPERS]),
    '',
    ...curls(url, report.sharedChild ?? 'NUMBER'),
    '',
  ].join('\n');
