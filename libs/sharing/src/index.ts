export { AgreementSchema, type AgreementDocument } from './agreement-schema.js';
export { applyNewest, type DecidedEntry, type NewestApplied, type UpTo } from './apply-newest.js';
export { failingCases, fieldsNamedBy } from './check-cases.js';
export { fold as foldCode } from './codes.js';
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
export { ImportedAgreementSchema, type ImportedAgreement, type ImportOptions } from './imported-agreement.js';
export { parseAgreement, type ParsedAgreement } from './parse-agreement.js';
export type { Refusal } from './refusal.js';
export { relationsOf, type RelationRecord } from './relations-of.js';
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
