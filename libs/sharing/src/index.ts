export { AgreementSchema, type AgreementDocument } from './agreement-schema.js';
export { applyNewest, type DecidedEntry, type NewestApplied, type UpTo } from './apply-newest.js';
export { fieldsNamedBy } from './case-questions.js';
export { casesIn, refusalsOfAdoption } from './check-agreement.js';
export { failingCases } from './check-cases.js';
export { fold as foldCode } from './codes.js';
export { CONSENT_GIVEN, YOUNG_PERSON_CONSENTED } from './consent.js';
export { partiesOf, type CompiledAgreement, type CompiledParty } from './compiled-agreement.js';
export {
  OWN_READER_TEXT,
  decideDisclosure,
  decideGrants,
  disclosureOf,
  isOwn,
  occurredSpan,
  usedRelations,
} from './decide-disclosure.js';
export { decideExistence } from './decide-existence.js';
export { explainAgreement, explainImported, type ExplainedSection } from './explain-agreement.js';
export { ImportedAgreementSchema, type ImportedAgreement, type ImportOptions } from './imported-agreement.js';
export { placesIn, positionAt, type TextPosition } from './json-places.js';
export { parseAgreement, type ParsedAgreement } from './parse-agreement.js';
export type { Refusal } from './refusal.js';
export {
  allRelations,
  commonRelations,
  decideReachingGrants,
  reachingRelations,
  type RelationConfirmation,
  type Relations,
} from './relation-reach.js';
export { inTime, type RelationRecord } from './relations-of.js';
export { purposesFor } from './purposes.js';
export { readInstant, readMoment, type Span } from './time.js';
export * from './types.js';
export {
  ENGLAND_AND_WALES,
  endOfWorkingDay,
  OutsideCalendar,
  reviewDeadlines,
  type ReviewDeadlines,
  type WorkingCalendar,
} from './working-calendar.js';
export { endOfTriage } from './working-days.js';
export { unwitnessedChanges } from './unwitnessed-changes.js';
export { remembering, rememberingOf } from './remember.js';
