import type { EventTypeDefinition } from './event-type.js';
import { AgreementAdoption } from './events/agreement-adoption.js';
import { AgreementDocument } from './events/agreement-document.js';
import { AgreementRevoked } from './events/agreement-revoked.js';
import { AgreementTested } from './events/agreement-tested.js';
import { AllegationOutcomeRecorded } from './events/allegation-outcome-recorded.js';
import { AllegationRecorded } from './events/allegation-recorded.js';
import { Assessment } from './events/assessment.js';
import { AttendanceYear } from './events/attendance-year.js';
import { ChildExclusionMade } from './events/child-exclusion-made.js';
import { ChildrensServicesStatus } from './events/childrens-services-status.js';
import { CinPlan } from './events/cin-plan.js';
import { CrimeJusticeStatus } from './events/crime-justice-status.js';
import { Death } from './events/death.js';
import { DisclosureResumed } from './events/disclosure-resumed.js';
import { DisclosureSuspended } from './events/disclosure-suspended.js';
import { DoNotInformMarked } from './events/do-not-inform-marked.js';
import { EducationStatus } from './events/education-status.js';
import { EmergencyAccessEnded } from './events/emergency-access-ended.js';
import { EmergencyAccessOpened } from './events/emergency-access-opened.js';
import { EmergencyAccessReviewed } from './events/emergency-access-reviewed.js';
import { EmergencyAttendance } from './events/emergency-attendance.js';
import { EntryRetracted } from './events/entry-retracted.js';
import { EntryWithdrawn } from './events/entry-withdrawn.js';
import { ExclusionMade } from './events/exclusion-made.js';
import { HealthStatus } from './events/health-status.js';
import { IdentifierInvalidated } from './events/identifier-invalidated.js';
import { IdentityAnswered } from './events/identity-answered.js';
import { InitialConference } from './events/initial-conference.js';
import { MissedAppointment } from './events/missed-appointment.js';
import { MissingEpisode } from './events/missing-episode.js';
import { PersonalDetails } from './events/personal-details.js';
import { PoliceProtection } from './events/police-protection.js';
import { ProcessingConsentRecorded } from './events/processing-consent-recorded.js';
import { ProtectionPlan } from './events/protection-plan.js';
import { ProtectionPlanReview } from './events/protection-plan-review.js';
import { QuarantineClosed } from './events/quarantine-closed.js';
import { QuarantineOpened } from './events/quarantine-opened.js';
import { Referral } from './events/referral.js';
import { Relation } from './events/relation.js';
import { ReleaseMade } from './events/release-made.js';
import { RelationConfirmed } from './events/relation-confirmed.js';
import { RelationReviewed } from './events/relation-reviewed.js';
import { ResponsibilityAccepted } from './events/responsibility-accepted.js';
import { ResponsibilityMoved } from './events/responsibility-moved.js';
import { RestrictionMade } from './events/restriction-made.js';
import { Section47Enquiry } from './events/section-47-enquiry.js';
import { SignificantHarmRecorded } from './events/significant-harm-recorded.js';
import { StaffPost } from './events/staff-post.js';
import { WorkingAgreementRecorded } from './events/working-agreement-recorded.js';
import { YoungPersonDecisionRecorded } from './events/young-person-decision-recorded.js';

const definitions = [
  AgreementAdoption,
  AgreementDocument,
  AgreementRevoked,
  AgreementTested,
  AllegationOutcomeRecorded,
  AllegationRecorded,
  Assessment,
  AttendanceYear,
  ChildExclusionMade,
  ChildrensServicesStatus,
  CinPlan,
  CrimeJusticeStatus,
  Death,
  DisclosureResumed,
  DisclosureSuspended,
  DoNotInformMarked,
  EducationStatus,
  EmergencyAccessEnded,
  EmergencyAccessOpened,
  EmergencyAccessReviewed,
  EmergencyAttendance,
  EntryRetracted,
  EntryWithdrawn,
  ExclusionMade,
  HealthStatus,
  IdentifierInvalidated,
  IdentityAnswered,
  InitialConference,
  MissedAppointment,
  MissingEpisode,
  PersonalDetails,
  PoliceProtection,
  ProcessingConsentRecorded,
  ProtectionPlan,
  ProtectionPlanReview,
  QuarantineClosed,
  QuarantineOpened,
  Referral,
  Relation,
  ReleaseMade,
  RelationConfirmed,
  RelationReviewed,
  ResponsibilityAccepted,
  ResponsibilityMoved,
  RestrictionMade,
  Section47Enquiry,
  SignificantHarmRecorded,
  StaffPost,
  WorkingAgreementRecorded,
  YoungPersonDecisionRecorded,
] as const;

export type EventType = (typeof definitions)[number]['type'];

/** Every event type by its stored name. */
export const catalogue: ReadonlyMap<string, EventTypeDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition as unknown as EventTypeDefinition]),
);

/** Version of the catalogue, named by every read record. Raised with every change of a type's class or shape. */
export const CATALOGUE_VERSION = 4;

/** Throws a RangeError for a name that the catalogue does not hold. */
export const getEventType = (type: string): EventTypeDefinition => {
  const definition = catalogue.get(type);
  if (!definition) throw new RangeError('the catalogue holds no such event type');
  return definition;
};
