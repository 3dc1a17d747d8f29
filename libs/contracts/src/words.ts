/** The closed vocabularies of the shared language. Their order matters where it says so. */

/** The sealed part of the final bytes a field travels in. */
export const PARTS = ['identity', 'terms', 'content', 'location'] as const;
export type Part = (typeof PARTS)[number];

/** Sensitivity of an entry, lowest first. */
export const TIERS = ['contact', 'ordinary', 'special', 'originator', 'sealed'] as const;
export type Tier = (typeof TIERS)[number];

/** About whom a contribution, or one field of it, speaks. */
export const ABOUT = ['child', 'carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant'] as const;
export type About = (typeof ABOUT)[number];
/** A field may also speak about a worker or an organisation, who have no rights to weigh against the viewer's. */
export type FieldAbout = About | 'worker' | 'organisation';

/** How a statement is to be read; it stays marked for ever. */
export const STATEMENTS = ['fact', 'report', 'allegation', 'opinion', 'decision', 'outcome'] as const;
export type Statement = (typeof STATEMENTS)[number];

export const PRECISIONS = ['exact', 'day', 'month', 'range', 'about', 'unknown'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** `content` makes an entry; `disclosure` only changes what may be seen; `hub` is the hub's own record. */
export type Kind = 'content' | 'disclosure' | 'hub';

/** Facts that stand in the clear envelope: a closed list, because a decision reads them without a key. */
export const FACTS = [
  'address-protected',
  'young-person-agreed',
  'owner-recorded-significant-harm',
  'number-void',
] as const;
export type Fact = (typeof FACTS)[number];

export const SUBJECT_KINDS = ['child', 'staff', 'org', 'agreement', 'quarantine'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Legal regime of a record: UK GDPR, or Part 3 of the Data Protection Act 2018 (law enforcement). */
export const REGIMES = ['uk-gdpr', 'dpa-part3'] as const;
export type Regime = (typeof REGIMES)[number];

/** Relations that staff feeds tell of. */
export const FEED_RELATIONS = ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting'] as const;

/** Relations of which there are records: what feeds tell, who is invited by name, and a person's own word. */
export const RELATIONS = [...FEED_RELATIONS, 'invited', 'asserted'] as const;
export type RelationKind = (typeof RELATIONS)[number];

/** The higher of two tiers. */
export const higherTier = (a: Tier, b: Tier): Tier => (TIERS.indexOf(a) >= TIERS.indexOf(b) ? a : b);

/** Why somebody opens an access in an emergency, beside his own words. */
export const EMERGENCY_REASONS = ['injury', 'immediate-danger', 'urgent-care', 'missing', 'staff-safety'] as const;
export type EmergencyReason = (typeof EMERGENCY_REASONS)[number];

/** What a review of such an access comes to. `more-needed` leaves it open. */
export const EMERGENCY_OUTCOMES = ['justified', 'not-justified', 'more-needed'] as const;
export type EmergencyOutcome = (typeof EMERGENCY_OUTCOMES)[number];

/** Who decides about it, one after the other. */
export const REVIEW_LEVELS = ['reviewer', 'deputy', 'partnership'] as const;
export type ReviewLevel = (typeof REVIEW_LEVELS)[number];

/** Relations that count without a word from outside, or on one's own word alone: some that were used are reviewed. */
export const REVIEWED_RELATIONS = [
  'allocated',
  'team',
  'triage',
  'duty',
  'presenting',
  'asserted',
] as const satisfies readonly RelationKind[];

/** What a review of a relation comes to. `more-needed` leaves it open. */
export const RELATION_OUTCOMES = ['genuine', 'not-genuine', 'more-needed'] as const;
export type RelationOutcome = (typeof RELATION_OUTCOMES)[number];

/** Of these a record of another organisation may name the school or practice, and so bear out what that says itself. */
export const NAMED_RELATIONS = ['on-roll', 'registered'] as const satisfies readonly RelationKind[];

/** Relations that only count in full once somebody outside the organisation that gains by them bears them out. */
export const CONFIRMABLE_RELATIONS = ['on-roll', 'registered', 'invited'] as const satisfies readonly RelationKind[];
