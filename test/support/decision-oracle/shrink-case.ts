/** Keys whose absence is a value of its own, so that a smaller document may do without them. */
const OPTIONAL_KEYS = new Set([
  'validFrom',
  'validUntil',
  'reason',
  'lookback',
  'tiers',
  'aboutAge',
  'newest',
  'unless',
  'while',
  'summary',
  'content',
  'location',
]);
const MOST_TRIES = 400;

interface Failing<Row> {
  documents: unknown[];
  row: Row;
}

/** Every way to take one thing out of a JSON value: a member of a list, or an optional key. */
function* smallerValues(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    const members: unknown[] = value;
    for (const index of members.keys()) {
      if (members.length > 1 || typeof members[index] === 'object') yield members.toSpliced(index, 1);
    }
    for (const [index, member] of members.entries()) {
      for (const smaller of smallerValues(member)) yield members.with(index, smaller);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (OPTIONAL_KEYS.has(key)) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
      for (const smaller of smallerValues(member)) yield { ...value, [key]: smaller };
    }
  }
}

function* smallerCases<Row extends object>({ documents, row }: Failing<Row>): Generator<Failing<Row>> {
  for (const smaller of smallerValues(documents)) yield { documents: smaller as unknown[], row };
  for (const [key, text] of Object.entries(row)) {
    if (text === '' || ['request', 'at', 'mode'].includes(key)) continue;
    yield { documents, row: { ...row, [key]: '' } };
  }
}

/**
 * A case that still fails and from which nothing more can be taken, or that was reached after some hundred tries.
 *
 * @param stillFails whether a smaller case shows a difference too; one that is no longer valid does not
 */
export async function shrinkCase<Row extends object>(
  failing: Failing<Row>,
  stillFails: (candidate: Failing<Row>) => Promise<boolean>,
): Promise<Failing<Row>> {
  let best = failing;
  let tries = 0;
  let shrunk = true;
  while (shrunk && tries < MOST_TRIES) {
    shrunk = false;
    for (const candidate of smallerCases(best)) {
      tries += 1;
      if (tries > MOST_TRIES) break;
      if (!(await stillFails(candidate))) continue;
      best = candidate;
      shrunk = true;
      break;
    }
  }
  return best;
}
