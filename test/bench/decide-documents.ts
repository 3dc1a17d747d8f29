import type { AgreementDocument, AgreementPermit } from '../support/decision-oracle/agreement-oracle.js';
import { randomAgreementRow, randomAgreements } from '../support/decision-oracle/random-agreements.js';
import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import type { Question, QuestionField } from '../support/cedar/cedar-question.js';
import { questionOfRow } from '../support/cedar/random-worlds.js';

const CAPS = 2;
const FORBIDS = 3;
const EXISTENCE = 2;
/** Permits that speak of the same record types: an agreement that says more speaks of more kinds of records. */
const ALIKE = 13;

/** Record types of one block of permits, which no other block has. */
const ofBlock = (permit: AgreementPermit, block: number): AgreementPermit =>
  block === 0
    ? permit
    : { ...permit, records: { ...permit.records, types: permit.records.types.map((type) => `${type}-${block}`) } };

/** One agreement between all the parties that the generator knows, with exactly so many clauses. */
export const agreementOf = (random: SeededRandom, clauses: number): AgreementDocument => {
  const drawn: AgreementDocument[] = [];
  const count = (list: 'permits' | 'existence' | 'caps' | 'forbids'): number =>
    drawn.reduce((sum, document) => sum + document[list].length, 0);
  const permits = clauses - CAPS - FORBIDS - EXISTENCE;
  while (
    count('permits') < permits ||
    count('existence') < EXISTENCE ||
    count('caps') < CAPS ||
    count('forbids') < FORBIDS
  )
    drawn.push(...randomAgreements(random, `a${drawn.length}`));
  const [first] = drawn as [AgreementDocument];
  return {
    ...first,
    id: `of-${clauses}-clauses`,
    zone: 'Europe/London',
    force: { from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z', reviewBy: '2026-06-30' },
    parties: Object.assign({}, ...drawn.map(({ parties }) => parties)) as AgreementDocument['parties'],
    purposes: Object.assign({}, ...drawn.map(({ purposes }) => purposes)) as AgreementDocument['purposes'],
    permits: drawn
      .flatMap((document) => document.permits)
      .slice(0, permits)
      .map((permit, index) => ofBlock(permit, Math.floor(index / ALIKE))),
    existence: drawn.flatMap(({ existence }) => existence).slice(0, EXISTENCE),
    caps: drawn.flatMap(({ caps }) => caps).slice(0, CAPS),
    forbids: drawn.flatMap(({ forbids }) => forbids).slice(0, FORBIDS),
  };
};

/** Questions about entries that the agreement's permits nearly or fully meet. */
export const questionsAbout = (random: SeededRandom, document: AgreementDocument, count: number): Question[] => {
  const names = (part: 'content' | 'location'): string[] => [
    ...new Set(document.permits.flatMap(({ show }) => show[part] ?? [])),
  ];
  const fields: Omit<QuestionField, 'about'>[] = [
    ...names('content').map((name) => ({ name, part: 'content' as const })),
    ...names('location').map((name) => ({ name, part: 'location' as const })),
  ];
  const questions: Question[] = [];
  while (questions.length < count) {
    const row = randomAgreementRow(random, [document], String(questions.length));
    const question = questionOfRow(row, [], random.some(fields, 2, 6));
    if (question.entry) questions.push(question);
  }
  return questions;
};
