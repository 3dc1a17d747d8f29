/**
 * Mutants that survive because they change nothing that anybody could observe: the text they change, to what, and why
 * that is the same. `line`: a part of the line where the text begins, where the text alone is not enough.
 */
const SAME_ID = 'no two entries have one id';
const QUICKER = 'only spares a look-up that says the same';

export const EQUIVALENT = [
  { file: 'apply-newest.ts', from: 'first < second', to: 'first <= second', why: 'the two differ here' },
  { file: 'apply-newest.ts', from: 'a.entry.id < b.entry.id', to: 'a.entry.id <= b.entry.id', why: SAME_ID },
  { file: 'apply-newest.ts', from: 'a.entry.id > b.entry.id', to: 'a.entry.id >= b.entry.id', why: SAME_ID },
  { file: 'apply-newest.ts', from: 'a.entry.id > b.entry.id', to: 'true', why: SAME_ID },
  {
    file: 'compiled-agreement.ts',
    from: '[]',
    to: '["Stryker was here"]',
    line: ': [];',
    why: 'no clause is kept under such a key',
  },
  ...[
    ['apply-newest.ts', 'a.entry.id > b.entry.id', 'false'],
    ['apply-newest.ts', 'a.entry.id > b.entry.id', 'a.entry.id <= b.entry.id'],
    ['decide-disclosure.ts', 'place(a) > place(b)', 'true'],
    ['decide-disclosure.ts', 'place(a) > place(b)', 'false'],
    ['decide-disclosure.ts', 'place(a) > place(b)', 'place(a) >= place(b)'],
    ['decide-disclosure.ts', 'place(a) > place(b)', 'place(a) <= place(b)'],
  ].map(([file, from, to]) => ({ file, from, to, why: 'a sort asks only whether one comes before the other' })),
  ...[
    ['first === undefined || last === undefined', 'false'],
    ['first === undefined || last === undefined', 'first === undefined && last === undefined'],
    ['first === undefined', 'false'],
    ['last === undefined', 'false'],
    ['from === undefined', 'false'],
  ].map(([from, to]) => ({ file: 'decide-disclosure.ts', from, to, why: 'what is not given cannot be read either' })),
  { file: 'decide-existence.ts', from: 'relation !== null', to: 'true', why: 'no set of relations holds null' },
  { file: 'compiled-agreement.ts', from: 'services !== null && !services.all', to: 'true', why: QUICKER },
  { file: 'compiled-agreement.ts', from: 'exceptOrganisations.size > 0', to: 'true', why: QUICKER },
  {
    file: 'compiled-agreement.ts',
    from: 'exceptOrganisations.size > 0',
    to: 'exceptOrganisations.size >= 0',
    why: QUICKER,
  },
  { file: 'compiled-agreement.ts', from: 'exceptKinds.size === 0', to: 'false', why: QUICKER },
  ...[
    ['parties.filter(({ patterns }) => patterns.length > 0)', 'parties'],
    ['patterns.length > 0', 'true'],
    ['patterns.length > 0', 'patterns.length >= 0'],
  ].map(([from, to]) => ({
    file: 'compiled-agreement.ts',
    from,
    to,
    why: 'a party without patterns describes no organisation',
  })),
  { file: 'compiled-agreement.ts', from: 'described.length === 0', to: 'false', why: 'gives an equal list' },
  {
    file: 'compiled-agreement.ts',
    from: 'from === null',
    to: 'false',
    why: 'every clause that is indexed names services',
  },
  ...[
    ["organisations.filter((each) => each.includes('*'))", 'organisations'],
    ["'*'", '""'],
  ].map(([from, to]) => ({
    file: 'compiled-agreement.ts',
    from,
    to,
    line: 'patterns: organisations',
    why: 'as a pattern, an id without a star means the organisation that it names already',
  })),
];
