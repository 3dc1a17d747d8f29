import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failingCases } from './check-cases.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';

describe('the cases of a document', () => {
  it('hold in the example', () => {
    expect(failingCases(exampleAgreement())).toEqual([]);
  });

  it('fail where a value is loosened', () => {
    const loosened = exampleAgreement();
    loosened.permits[0]!.records.lookback = 'P13M';
    expect(failingCases(loosened)).toEqual([{ place: '$.cases[0].expect[1]', reason: 'other clauses decide' }]);
  });

  it.each(['permits', 'releases', 'forbids'] as const)('fail where one of the %s is taken away', (list) => {
    for (let index = 0; index < exampleAgreement()[list].length; index += 1) {
      const document = exampleAgreement();
      const [removed] = document[list].splice(index, 1);
      // The hub's baseline keeps what is sealed sealed without the help of a clause.
      expect([removed?.id, failingCases(document).length > 0]).toEqual([removed?.id, removed?.id !== 'nothing-sealed']);
    }
  });

  it('are the places of refusal where a document does not parse', () => {
    expect(failingCases({ schema: 'agreement/1' }).length).toBeGreaterThan(0);
  });

  it('hold for an imported policy, whose cases are the source’s own verdicts', () => {
    const parsed = parseAgreement(examplePolicies());
    const imported = 'imported' in parsed ? parsed.imported : null;
    expect(imported?.cases.length).toBeGreaterThan(20);
    expect(failingCases(null, imported)).toEqual([]);
    const changed = { ...imported!, permits: imported!.permits.slice(1) };
    expect(failingCases(null, changed)).not.toEqual([]);
  });

  it('fail for an imported policy where one of its verdicts is another', () => {
    const parsed = parseAgreement({
      orgId: 'HOMES-1',
      dsaPolicy: {
        defaults: [
          {
            effect: 'allow',
            modes: ['EXISTENCE'],
            recordTypes: ['tenancy'],
            destOrgTypes: ['HEALTH'],
            purposes: ['SAFEGUARDING'],
          },
        ],
      },
    });
    const imported = 'imported' in parsed ? parsed.imported! : null!;
    const [told] = imported.cases;
    expect(told).toMatchObject({ mode: 'EXISTENCE', decision: 'allow' });
    const decided = (cases: object[]) => failingCases(null, { ...imported, cases: cases as typeof imported.cases });
    expect(decided([told!, { ...told, decision: 'deny' }, { ...told, mode: 'CONTENT' }])).toEqual(
      [1, 2].map((index) => ({ place: `$.cases[${index}]`, reason: 'decides otherwise than the source' })),
    );
    expect(decided([told!, { ...told, mode: 'CONTENT', decision: 'deny' }])).toEqual([]);
  });
});

const besides = resolve('..', 'shared', 'agreements', 'wexshire-core.json');
const there = existsSync(besides);
if (!there) console.warn(`skipped: ${besides} is not there`);

(there ? describe : describe.skip)('the agreement beside the project', () => {
  it('parses, and holds all of its own cases', () => {
    const json: unknown = JSON.parse(readFileSync(besides, 'utf8'));
    expect(parseAgreement(json)).toHaveProperty('agreement');
    expect(failingCases(json)).toEqual([]);
  });
});
