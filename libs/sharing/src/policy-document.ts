import { fold } from './codes.js';
import { element, member, type Refusal } from './refusal.js';
import { readInstant, type Window } from './time.js';

/** The two things that a policy of the DfE prototype decides, apart from one another. */
export const POLICY_MODES = ['EXISTENCE', 'CONTENT'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

export type RuleList = 'exceptions' | 'defaults';

/** One rule as written. Codes keep their spelling; they compare folded. */
export interface PolicyRule {
  readonly list: RuleList;
  readonly index: number;
  readonly effect: 'allow' | 'deny';
  readonly modes: readonly PolicyMode[];
  readonly recordTypes: readonly string[];
  readonly purposes: readonly string[];
  /** Where these are given, kinds are not asked. */
  readonly destOrgIds: readonly string[];
  readonly destOrgTypes: readonly string[];
  /** In milliseconds, both ends of the written validity inside. */
  readonly valid: Window;
  readonly reason: string | null;
}

export interface PolicyOrganisation {
  readonly id: string;
  readonly name: string;
  readonly kind: string | null;
  readonly version: string | null;
  readonly recordTypes: readonly string[];
  /** In the order in which they are tried: exceptions, then defaults. */
  readonly rules: readonly PolicyRule[];
}

const RULE_FIELDS = [
  'effect',
  'modes',
  'recordTypes',
  'purposes',
  'destOrgIds',
  'destOrgTypes',
  'validFrom',
  'validUntil',
  'reason',
] as const;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class PolicyReader {
  readonly refusals: Refusal[] = [];

  refuse(place: string, reason: string): void {
    this.refusals.push({ place, reason });
  }

  /** A field of its own of an object; null and absent are the same. */
  field(fields: Fields, name: string): unknown {
    return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
  }

  text(fields: Fields, name: string, place: string): string | null {
    const value = this.field(fields, name);
    if (value === undefined) return null;
    if (typeof value === 'string') return value;
    this.refuse(member(place, name), 'must be a text');
    return null;
  }

  code(value: unknown, place: string): string {
    if (typeof value !== 'string') this.refuse(place, 'must be a text');
    else if (value.length === 0) this.refuse(place, 'must not be empty');
    else if (/[*/:@]/.test(value)) this.refuse(place, 'must not hold * / : or @');
    else return value;
    return '';
  }

  list(fields: Fields, name: string, place: string): readonly unknown[] {
    const value = this.field(fields, name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as unknown[];
    this.refuse(member(place, name), 'must be a list');
    return [];
  }

  codes(fields: Fields, name: string, place: string): string[] {
    return this.list(fields, name, place).map((each, index) => this.code(each, element(member(place, name), index)));
  }

  /** The validity in whole milliseconds: what begins between two begins at the later, what ends there at the earlier. */
  window(fields: Fields, place: string): Window {
    const edge = (name: 'validFrom' | 'validUntil'): ReturnType<typeof readInstant> => {
      const text = this.text(fields, name, place);
      const instant = text === null ? null : readInstant(text);
      if (text !== null && !instant) this.refuse(member(place, name), 'must be an instant with an offset');
      return instant;
    };
    const from = edge('validFrom');
    const through = edge('validUntil');
    const window = {
      from: from ? from.ms + (from.finer ? 1 : 0) : -Infinity,
      until: through ? through.ms + 1 : Infinity,
    };
    if (from && through && through.ms < from.ms) this.refuse(member(place, 'validUntil'), 'ends before it starts');
    return window;
  }

  rule(json: unknown, list: RuleList, index: number, place: string): PolicyRule | null {
    if (!isFields(json)) {
      this.refuse(place, 'must be an object');
      return null;
    }
    for (const name of Object.keys(json))
      if (RULE_FIELDS.some((field) => field !== name && fold(field) === fold(name)))
        this.refuse(member(place, name), 'is not how this field is spelt');
    const effect = fold(this.text(json, 'effect', place) ?? '');
    if (effect !== 'allow' && effect !== 'deny') this.refuse(member(place, 'effect'), 'must be allow or deny');
    const modes = this.codes(json, 'modes', place).map((mode, at) => {
      const found = POLICY_MODES.find((each) => fold(each) === fold(mode));
      if (!found && mode) this.refuse(element(member(place, 'modes'), at), `must be ${POLICY_MODES.join(' or ')}`);
      return found ?? 'EXISTENCE';
    });
    return {
      list,
      index,
      effect: effect === 'allow' ? 'allow' : 'deny',
      modes,
      recordTypes: this.codes(json, 'recordTypes', place),
      purposes: this.codes(json, 'purposes', place),
      destOrgIds: this.codes(json, 'destOrgIds', place),
      destOrgTypes: this.codes(json, 'destOrgTypes', place),
      valid: this.window(json, place),
      reason: this.text(json, 'reason', place),
    };
  }

  organisation(json: unknown, place: string): PolicyOrganisation | null {
    if (!isFields(json)) {
      this.refuse(place, 'must be an object');
      return null;
    }
    const id = this.code(this.field(json, 'orgId'), member(place, 'orgId'));
    const kind = this.field(json, 'orgType');
    const policy = this.field(json, 'dsaPolicy') ?? {};
    const at = member(place, 'dsaPolicy');
    if (!isFields(policy)) {
      this.refuse(at, 'must be an object');
      return null;
    }
    const rules = (['exceptions', 'defaults'] as const).flatMap((list) =>
      this.list(policy, list, at).map((each, index) => this.rule(each, list, index, element(member(at, list), index))),
    );
    return {
      id,
      name: this.text(json, 'orgName', place) ?? id,
      kind: kind === undefined ? null : this.code(kind, member(place, 'orgType')),
      version: this.text(policy, 'version', at),
      recordTypes: this.codes(json, 'recordTypes', place),
      rules: rules.filter((rule) => rule !== null),
    };
  }
}

/**
 * Policies in the shape of the DfE prototype: a directory (`organisations`) or one organisation. Fields that decide
 * nothing are passed over. Returns what is written, or every place where it is wrong.
 */
export const readPolicies = (
  json: Fields,
): { readonly organisations: readonly PolicyOrganisation[] } | { readonly refused: readonly Refusal[] } => {
  const reader = new PolicyReader();
  const directory = Object.hasOwn(json, 'organisations');
  if (directory && !Array.isArray(json['organisations']))
    return { refused: [{ place: '$.organisations', reason: 'must be a list' }] };
  const found = directory
    ? (json['organisations'] as unknown[]).map((each, index) =>
        reader.organisation(each, element('$.organisations', index)),
      )
    : [reader.organisation(json, '$')];
  const seen = new Set<string>();
  found.forEach((organisation, index) => {
    if (!organisation || !organisation.id) return;
    if (seen.has(fold(organisation.id)))
      reader.refuse(`${element('$.organisations', index)}.orgId`, 'is the id of another organisation');
    seen.add(fold(organisation.id));
  });
  if (reader.refusals.length > 0) return { refused: reader.refusals };
  return { organisations: found.filter((organisation) => organisation !== null) };
};
