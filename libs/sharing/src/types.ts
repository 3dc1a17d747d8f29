import { RELATIONS, type About, type FieldAbout, type Occurred, type Tier } from '#contracts';
import type { CompiledAgreement } from './compiled-agreement.js';

/** Every relation that may explain why this person asks about this child. A closed list. */
export const RELATION_KINDS = [...RELATIONS, 'emergency'] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

/** A service of an organisation: whose record it is, or from where somebody looks. */
export interface OwnerService {
  readonly organisation: string;
  readonly service: string;
}

/** Who looks, as resolved by the hub. An empty text is "not known" and meets only clauses that ask for nothing. */
export interface Viewer extends OwnerService {
  readonly staffKey: string;
  readonly organisationKind: string;
  readonly role: string;
  readonly team?: string | null;
}

/** An owner has adopted a version: `from` inclusive, `until` (revoked, superseded) exclusive; milliseconds. */
export interface Adoption {
  readonly organisation: string;
  readonly from: number;
  readonly until?: number | null;
}

/**
 * A document, with the owners whose records it acts on. `all` counts it as adopted by everybody it names, which is
 * for tables of what-if requests only.
 */
export interface AdoptedAgreement {
  readonly agreement: CompiledAgreement;
  readonly adoptions: readonly Adoption[] | 'all';
}

/** An owner's decision to show one entry to one named person. Instants are RFC 3339 or dates (start of day). */
export interface Release {
  readonly entryId: string;
  readonly owner: OwnerService;
  /** Role of the person who released it. */
  readonly byRole: string;
  /** Subject key of the person it is released to. */
  readonly staffKey: string;
  /** Inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly until: string;
  /** Names of the fields released; absent: all that the release clause shows. */
  readonly fields?: readonly string[];
  /** Names it, where what it shows is to be traced to it. */
  readonly id?: string;
}

/** What the decision knows of child and time. */
export interface SharingState {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly purpose: string;
  /** Relations that hold for this viewer and child at `at`; see `relationsOf`. */
  readonly relations: readonly RelationKind[];
  readonly agreements: readonly AdoptedAgreement[];
  /** `YYYY-MM-DD` (or a month or year alone), `unborn`, or absent where it is not known. */
  readonly childBirthDate?: string | null;
  /** Facts about the child; those of an entry alone stand on the entry. */
  readonly facts: readonly string[];
  /** Birth date of the other person that entries are about; an entry's own takes precedence. */
  readonly aboutBirthDate?: string | null;
  readonly releases?: readonly Release[];
}

/** One field that an entry holds. `tierFloor` acts on this field alone. */
export interface EntryField {
  readonly name: string;
  readonly part: 'content' | 'location';
  readonly about: FieldAbout;
  readonly tierFloor?: Tier;
}

/** An entry of a chronology, as far as a decision needs it. `tier` already holds the type's floor and the sender's. */
export interface SharedEntry {
  readonly id: string;
  readonly owner: OwnerService;
  /** The hub's event type; `recordType` is the source's own name. A clause may name either. */
  readonly type: string;
  readonly recordType: string;
  readonly tier: Tier;
  readonly about: About;
  readonly aboutBirthDate?: string | null;
  readonly occurred: Occurred;
  /** When it ended; `null`: known to be still going on, so that a look-back has not begun; absent: no such notion. */
  readonly ended?: string | null;
  readonly facts: readonly string[];
  readonly fields: readonly EntryField[];
}

/** What shows of one entry. All lists are sorted; an answer in which everything is empty is nothing observable. */
export interface Disclosure {
  readonly summary: boolean;
  readonly content: readonly string[];
  readonly location: readonly string[];
  /** Ids of the clauses that show it: for the owner's governance people and the record, never for readers. */
  readonly by: readonly string[];
  /** What readers are told. */
  readonly readerText: string | null;
}

/** What one clause shows of one entry, within every cap and less every forbid. */
export interface Grant {
  /** Empty for own records, which need no clause. */
  readonly clause: string;
  readonly agreement: string;
  readonly newest: number | null;
  readonly readerText: string;
  readonly summary: boolean;
  readonly content: readonly string[];
  readonly location: readonly string[];
  /** What readers are told to do with it; absent: nothing. */
  readonly handling?: readonly string[];
  /** Id of the release by which it shows, where it is one that has an id. */
  readonly release?: string;
}

/** A service that may be known to be involved with the child. */
export interface InvolvedService extends OwnerService {
  /** Types of the records it holds of tier contact, ordinary or special: what is higher tells of no involvement. */
  readonly recordTypes: readonly string[];
  /** Facts about this service and child, such as `open-episode`. */
  readonly facts: readonly string[];
}

/** Whether a service's involvement shows, and all that a notice may say of it. */
export interface Existence {
  readonly shown: boolean;
  readonly partyKind: string | null;
  readonly desk: string | null;
  readonly by: readonly string[];
}

/**
 * `baseline: false` lets the documents alone decide: no relation is needed, nothing is one's own, and no relation or
 * role given meets only clauses for any. For what-if tables; a page is always decided with the baseline.
 */
export interface DecisionOptions {
  readonly baseline?: boolean;
}
