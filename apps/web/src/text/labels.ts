/** Plain words for the codes of the shared language. A code without words of its own is shown in words made of it. */

const PARTIES: Readonly<Record<string, string>> = {
  LOCAL_AUTHORITY: 'Children’s services',
  EDUCATION: 'Education',
  HEALTH: 'Health',
  POLICE: 'Police',
  HOUSING: 'Housing',
  VOLUNTARY: 'Voluntary sector',
  PARTNERSHIP: 'Safeguarding partnership',
};
const STATEMENTS: Readonly<Record<string, string>> = {
  fact: 'Fact',
  report: 'Report',
  allegation: 'Allegation',
  opinion: 'Professional opinion',
  decision: 'Decision',
  outcome: 'Outcome',
};
const MARKS: Readonly<Record<string, string>> = {
  conflicting: 'Two versions of this record contradict each other. Both are shown',
  late: 'Arrived late: it was not known here when later entries arrived',
  'cannot-be-read': 'Part of it cannot be read any more',
  'dated-after-receipt': 'Dated after the hub received it',
  'has-outcome': 'There is an outcome of this allegation. It is an entry of its own',
};
const ABOUT: Readonly<Record<string, string>> = {
  child: 'the child',
  carer: 'a carer',
  sibling: 'a brother or sister',
  'household-adult': 'an adult of the household',
  'alleged-perpetrator': 'an alleged perpetrator',
  informant: 'whoever reported it',
};
const RELATIONS: Readonly<Record<string, string>> = {
  allocated: 'allocated to you',
  team: 'with your team',
  triage: 'in triage',
  duty: 'on duty',
  'on-roll': 'on the roll of your school',
  registered: 'registered with your practice or service',
  presenting: 'presenting now',
  invited: 'with you at a meeting',
  asserted: 'of concern to you, by your own word',
};
const PURPOSES: Readonly<Record<string, string>> = {
  SAFEGUARDING: 'Safeguarding',
  CHILD_PROTECTION: 'Child protection',
  DIRECT_CARE: 'Direct care',
  EMERGENCY: 'Emergency',
};

const SERVICES: Readonly<Record<string, string>> = {
  csc: 'children’s social care',
  dsl: 'safeguarding lead',
  'hv-sn': 'health visiting and school nursing',
  ppu: 'public protection unit',
};

interface Party {
  readonly organisation: string;
  readonly service: string | null;
  readonly team: string | null;
}

/** `missingEpisode`, `missing-episode` and `MISSING_EPISODE` read `Missing episode`. */
export const words = (code: string): string => {
  const text = code
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]+/g, ' ')
    .trim()
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const named =
  (table: Readonly<Record<string, string>>) =>
  (code: string): string =>
    Object.hasOwn(table, code) ? table[code]! : words(code);

export const serviceText = named(SERVICES);
/** Where a service is matched by its code, the code stands beside the words. */
export const serviceAndCode = (code: string): string => `${serviceText(code)} (${code})`;
/** Somebody whom an organisation names, by the codes that count. */
export const partyText = ({ organisation, service, team }: Party): string =>
  [organisation, service && serviceAndCode(service), team && `team ${team}`].filter(Boolean).join(', ');
export const partyKindText = named(PARTIES);
export const statementText = named(STATEMENTS);
export const markText = named(MARKS);
export const aboutText = named(ABOUT);
export const relationText = named(RELATIONS);
export const purposeText = named(PURPOSES);

const DO_NOT_INFORM = 'do-not-inform:';

/** What a reader is told to do with an entry; whom not to inform stands as its owner wrote it. */
export const handlingText = (code: string): string => {
  if (!code.startsWith(DO_NOT_INFORM)) return words(code);
  const whom = code.slice(DO_NOT_INFORM.length);
  return `Do not inform ${whom === 'all-carers' ? 'any carer' : whom}`;
};
