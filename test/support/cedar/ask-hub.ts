import {
  decideDisclosure,
  decideExistence,
  parseAgreement,
  type AdoptedAgreement,
  type CompiledAgreement,
  type SharedEntry,
  type SharingState,
  type Viewer,
} from '#sharing';
import { EXISTENCE, SUMMARY, fieldAction } from './cedar-text.js';
import type { Answer, Question, QuestionAdoption, QuestionEntry, QuestionRelease } from './cedar-question.js';

/** What the product is given to decide by. */
export interface HubWorld {
  readonly agreements: readonly AdoptedAgreement[];
  readonly releases: readonly QuestionRelease[];
  readonly baseline: boolean;
}

/** A document as the product compiles it. Throws where it refuses it. */
export const compileDocument = (json: unknown): CompiledAgreement => {
  const parsed = parseAgreement(json);
  if ('refused' in parsed) throw new Error(`a document is refused: ${JSON.stringify(parsed.refused)}`);
  return parsed.agreement;
};

export const adoptedBy = (json: unknown, adoptions: readonly QuestionAdoption[] | 'all'): AdoptedAgreement => ({
  agreement: compileDocument(json),
  adoptions,
});

const entryOf = (question: Question, entry: QuestionEntry): SharedEntry => {
  const { occurredFrom, occurredTo, ended } = entry;
  const [type = '', recordType = type] = question.types;
  return {
    id: entry.id,
    owner: question.owner,
    type,
    recordType,
    tier: entry.tier as SharedEntry['tier'],
    about: entry.about as SharedEntry['about'],
    aboutBirthDate: entry.aboutBorn ?? null,
    occurred: {
      ...(occurredFrom === undefined ? {} : { from: occurredFrom }),
      ...(occurredTo === undefined ? {} : { to: occurredTo }),
      precision: occurredFrom === undefined && occurredTo === undefined ? 'unknown' : 'about',
    },
    ...(ended === undefined ? {} : { ended }),
    facts: question.moreFacts,
    fields: entry.fields.map(({ name, part, about, floor }) => ({
      name,
      part,
      about: about as SharedEntry['about'],
      ...(floor === undefined ? {} : { tierFloor: floor as SharedEntry['tier'] }),
    })),
  };
};

/** A question as the product's own decision takes it. */
export const hubQuestion = (
  { agreements, releases }: HubWorld,
  question: Question,
): { readonly viewer: Viewer; readonly state: SharingState; readonly entry: SharedEntry | null } => {
  const { viewer, entry } = question;
  return {
    viewer: {
      staffKey: viewer.staffKey,
      organisation: viewer.organisation,
      organisationKind: viewer.kind,
      service: viewer.service,
      role: viewer.role,
    },
    state: {
      at: question.at,
      purpose: question.purpose,
      relations: question.relations as SharingState['relations'],
      agreements,
      childBirthDate: question.childBorn ?? null,
      aboutBirthDate: question.otherBorn ?? null,
      facts: question.facts,
      releases,
    },
    entry: entry && entryOf(question, entry),
  };
};

/** A clause of an imported policy is one of the pieces of a rule: which piece is the product's own affair. */
const ruleOf = (clause: string): string => clause.replace(/(\.(?:EXISTENCE|CONTENT))\.\d+$/, '$1');

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** What the product decides. */
export const askHub = (world: HubWorld, question: Question): Answer => {
  const { viewer, state, entry } = hubQuestion(world, question);
  const { baseline } = world;
  if (entry === null) {
    const service = { ...question.owner, recordTypes: question.types, facts: question.moreFacts };
    const { shown, by } = decideExistence(viewer, state, service, { baseline });
    return { shown: shown ? [EXISTENCE] : [], by: sorted(by.map(ruleOf)) };
  }
  const { summary, content, location, by } = decideDisclosure(viewer, state, entry, { baseline });
  return {
    shown: sorted([
      ...(summary ? [SUMMARY] : []),
      ...content.map((name) => fieldAction('content', name)),
      ...location.map((name) => fieldAction('location', name)),
    ]),
    by: sorted(by.map(ruleOf)),
  };
};
