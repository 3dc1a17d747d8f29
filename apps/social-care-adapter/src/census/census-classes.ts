import {
  OptionalDay,
  OptionalDigits,
  OptionalObject,
  OptionalText,
  OptionalTexts,
  OptionalYesNo,
  RequiredDay,
  RequiredText,
} from '#intake';

/** What the census says of one child, element by element; each class is one item. Codes are kept, not judged. */
export class ChildName {
  @RequiredText(64) LAchildID!: string;
}

export class ChildIdentifiers {
  @RequiredText(64) LAchildID!: string;
  @OptionalText(64) UPN?: string | null;
  @OptionalText(64) FormerUPN?: string | null;
  @OptionalText(16) UPNunknown?: string | null;
  @OptionalDay() PersonBirthDate?: string | null;
  @OptionalDay() ExpectedPersonBirthDate?: string | null;
  @OptionalText(16) GenderCurrent?: string | null;
  /** What `GenderCurrent` became in the census of 2024. */
  @OptionalText(16) Sex?: string | null;
}

export class Death {
  @RequiredDay() PersonDeathDate!: string;
}

class Disabilities {
  @OptionalTexts(16) Disability?: string[] | null;
}

export class ChildCharacteristics {
  @OptionalText(16) Ethnicity?: string | null;
  @OptionalObject(() => Disabilities) Disabilities?: Disabilities | null;
}

export class Referral {
  @RequiredDay() CINreferralDate!: string;
  @OptionalText(16) ReferralSource?: string | null;
  @OptionalText(16) PrimaryNeedCode?: string | null;
  @OptionalDay() CINclosureDate?: string | null;
  @OptionalText(16) ReasonForClosure?: string | null;
  @OptionalYesNo() ReferralNFA?: string | null;
}

export class InitialConference {
  @RequiredDay() DateOfInitialCPC!: string;
}

class FactorsIdentified {
  @OptionalTexts(16) AssessmentFactors?: string[] | null;
}

export class Assessment {
  @RequiredDay() AssessmentActualStartDate!: string;
  @OptionalDay() AssessmentInternalReviewDate?: string | null;
  @OptionalDay() AssessmentAuthorisationDate?: string | null;
  @OptionalObject(() => FactorsIdentified) FactorsIdentifiedAtAssessment?: FactorsIdentified | null;
}

export class CinPlan {
  @RequiredDay() CINPlanStartDate!: string;
  @OptionalDay() CINPlanEndDate?: string | null;
}

export class Section47 {
  @RequiredDay() S47ActualStartDate!: string;
  @OptionalDay() InitialCPCtarget?: string | null;
  @OptionalDay() DateOfInitialCPC?: string | null;
  @OptionalYesNo() ICPCnotRequired?: string | null;
}

export class ProtectionPlan {
  @RequiredDay() CPPstartDate!: string;
  @OptionalDay() CPPendDate?: string | null;
  @OptionalText(16) InitialCategoryOfAbuse?: string | null;
  @OptionalText(16) LatestCategoryOfAbuse?: string | null;
  @OptionalDigits() NumberOfPreviousCPP?: string | null;
}

export class PlanReview {
  @RequiredDay() CPPreviewDate!: string;
}
