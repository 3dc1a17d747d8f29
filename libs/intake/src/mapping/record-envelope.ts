import { FACTS, TIERS } from '#contracts';
import {
  OptionalBoolean,
  OptionalList,
  OptionalObject,
  OptionalOneOf,
  OptionalOnesOf,
  OptionalRank,
  OptionalText,
  RequiredText,
} from './check-class.js';

/** How the sender wants a record handled: stricter than its type asks, never laxer. */
export class Handling {
  @OptionalOneOf(TIERS) tier?: string | null;
  @OptionalOnesOf(FACTS) facts?: string[] | null;
}

/** What says which record this is: without it nothing of the record can be filed. */
export class RecordHead {
  @RequiredText() recordId!: string;
  @RequiredText(64) personId!: string;
  @RequiredText(128) recordType!: string;
  @OptionalRank() version?: string | number | null;
  @OptionalText(128) systemId?: string | null;
  @OptionalObject(() => Handling) handling?: Handling | null;
  @OptionalBoolean() purge?: boolean | null;
}

export class ContactDetails {
  @OptionalText() name?: string | null;
  @OptionalText(1000) description?: string | null;
  @OptionalText() telephone?: string | null;
  @OptionalText() email?: string | null;
  @OptionalText(1000) address?: string | null;
}

export class LinkToRecord {
  @OptionalText(2000) url?: string | null;
  @OptionalText() title?: string | null;
}

/** The rest of a record beside its payload: goes with the record's statuses. */
export class RecordRest {
  @OptionalText(2000) schemaUri?: string | null;
  @OptionalList(() => ContactDetails) contactDetails?: ContactDetails[] | null;
  @OptionalList(() => LinkToRecord) recordLink?: LinkToRecord[] | null;
}

export class PostalAddress {
  @OptionalText() line1?: string | null;
  @OptionalText() line2?: string | null;
  @OptionalText() townOrCity?: string | null;
  @OptionalText() county?: string | null;
  @OptionalText(32) postcode?: string | null;
}

export class StatusAndPlan {
  @OptionalText(1000) status?: string | null;
  @OptionalText(1000) plan?: string | null;
}
