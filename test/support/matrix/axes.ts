/** The axes along which the matrix is spanned. Nothing here, nor in the rules, knows the product. */
export const PURPOSES = [
  'SAFEGUARDING',
  'CHILD_PROTECTION',
  'DIRECT_CARE',
  'EMERGENCY',
  'YOUTH_SUPPORT',
  'CURIOSITY',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** `left`: an allocation that has ended. `excluded`: allocated, and a guardian closed the child to this person. */
export const RELATIONS = [
  'none',
  'left',
  'allocated',
  'team',
  'triage',
  'duty',
  'on-roll',
  'registered',
  'presenting',
  'invited',
  'asserted',
  'emergency',
  'excluded',
] as const;
export type Relation = (typeof RELATIONS)[number];

export type PartyName = 'la' | 'nhs' | 'school' | 'police';
export interface Place {
  readonly party: PartyName;
  readonly service: string;
}
export interface Role extends Place {
  readonly role: string;
}

export const ROLES: readonly Role[] = [
  { role: 'social-worker', party: 'la', service: 'csc' },
  { role: 'mash-researcher', party: 'la', service: 'mash' },
  { role: 'health-visitor', party: 'nhs', service: 'hv-sn' },
  { role: 'ed-clinician', party: 'nhs', service: 'unscheduled' },
  { role: 'dsl', party: 'school', service: 'dsl' },
  { role: 'ppu-officer', party: 'police', service: 'ppu' },
  { role: 'data-manager', party: 'la', service: 'csc' },
  { role: 'hub-guardian', party: 'la', service: 'csc' },
];

export const CONSENTS = [
  'nothing recorded',
  'a parent gave it',
  'a parent withdrew it',
  'the young person agreed',
  'the young person agreed, then refused',
  'the owner recorded significant harm',
  'the young person agreed and a parent gave it',
] as const;
export type Consent = (typeof CONSENTS)[number];

/** How a child stands. `confirmed`: people outside said that the relations are as their own organisation says. */
export interface ChildState {
  readonly consent: Consent;
  readonly confirmed: boolean;
  readonly addressProtected: boolean;
}

const child = (consent: Consent, confirmed: boolean, addressProtected = false): ChildState => ({
  consent,
  confirmed,
  addressProtected,
});

export const CHILDREN: readonly ChildState[] = [
  child('nothing recorded', false),
  child('a parent gave it', true),
  child('a parent withdrew it', false, true),
  child('the young person agreed', true),
  child('the young person agreed, then refused', true),
  child('the owner recorded significant harm', false),
  child('the young person agreed and a parent gave it', true),
];

export const TIERS = ['contact', 'ordinary', 'special', 'originator', 'sealed'] as const;
export type Tier = (typeof TIERS)[number];

/** What the owner of an entry decided about it. */
export const OVERRIDES = ['none', 'restricted', 'excluded', 'released', 'withdrawn', 'marked'] as const;
export type Override = (typeof OVERRIDES)[number];

export const KINDS = ['personal', 'social-care', 'health', 'education', 'crime'] as const;
export type Kind = (typeof KINDS)[number];

export interface EntryState {
  readonly kind: Kind;
  readonly owner: Place;
  /** The tier that its sender gave it. */
  readonly sent: Tier;
  readonly override: Override;
}

const OWNERS: Readonly<Record<Exclude<Kind, 'personal'>, Place>> = {
  'social-care': { party: 'la', service: 'csc' },
  health: { party: 'nhs', service: 'hv-sn' },
  education: { party: 'school', service: 'dsl' },
  crime: { party: 'police', service: 'ppu' },
};

/** Every kind at every tier, and of one kind every override. */
export const ENTRIES: readonly EntryState[] = [
  { kind: 'personal', owner: OWNERS['social-care'], sent: 'ordinary', override: 'none' },
  ...(['social-care', 'health', 'education', 'crime'] as const).flatMap((kind) =>
    TIERS.map((sent): EntryState => ({ kind, owner: OWNERS[kind], sent, override: 'none' })),
  ),
  ...OVERRIDES.filter((override) => override !== 'none').map((override): EntryState => ({
    kind: 'crime',
    owner: OWNERS.crime,
    sent: override === 'released' ? 'originator' : 'ordinary',
    override,
  })),
];

export const nameOfEntry = ({ kind, sent, override }: EntryState): string => `${kind}-${sent}-${override}`;
