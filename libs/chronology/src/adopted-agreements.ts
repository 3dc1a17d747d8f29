import { parseAgreement, type AdoptedAgreement, type CompiledAgreement, type ImportOptions } from '#sharing';
import { currentRecords, type FiledContribution } from '#timeline';

/** Different people of one owner who sign before its adoption counts. */
export const SIGNATURES_NEEDED = 2;

/** A version in force, with the owners that adopted it. */
export interface AgreementInForce {
  readonly id: string;
  readonly version: string;
  readonly owners: readonly string[];
  readonly adopted: AdoptedAgreement;
}

export interface Adoption {
  readonly agreement: string;
  readonly version: string;
  readonly organisation: string;
  readonly signer: string;
  /** RFC 3339, UTC. */
  readonly inForceFrom: string;
}

interface DocumentTerms {
  readonly agreement: string;
  readonly version: string;
  readonly document: string;
  readonly desk?: string | null;
}

const termsOf = (contributions: readonly FiledContribution[], type: string): readonly unknown[] => {
  const holders = new Map(
    contributions.filter((one) => one.confirms === undefined).map((one) => [one.envelope.contributionId, one.terms]),
  );
  return currentRecords(contributions)
    .filter(({ contribution }) => contribution.envelope.type === type)
    .flatMap(({ bodyOf }) => holders.get(bodyOf) ?? []);
};

const compiled = new Map<string, CompiledAgreement | null>();
const MOST_COMPILED = 256;

/** Desks are given when a policy is brought in: one text for the organisations of that document. */
export const desksFor = (document: unknown, desk: string | null): ImportOptions => {
  if (desk === null || typeof document !== 'object' || document === null) return {};
  const { orgId, organisations } = document as { orgId?: unknown; organisations?: unknown };
  const ids = Array.isArray(organisations) ? organisations.map((one) => (one as { orgId?: unknown })?.orgId) : [orgId];
  return { desk: Object.fromEntries(ids.filter((id) => typeof id === 'string').map((id) => [id, desk])) };
};

/** A document compiles to the same thing for ever, so it is compiled once. Null: it does not compile, and opens nothing. */
const compile = ({ document, desk }: DocumentTerms): CompiledAgreement | null => {
  const name = `${desk ?? ''}\n${document}`;
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const json: unknown = JSON.parse(document);
  const parsed = parseAgreement(json, desksFor(json, desk ?? null));
  const agreement = 'refused' in parsed ? null : parsed.agreement;
  if (compiled.size >= MOST_COMPILED) compiled.delete(compiled.keys().next().value!);
  compiled.set(name, agreement);
  return agreement;
};

/** The document of a version, compiled. */
export const findDocument = (
  agreements: readonly FiledContribution[],
  id: string,
  version: string,
): CompiledAgreement | undefined => {
  const found = (termsOf(agreements, 'agreement-document') as DocumentTerms[]).find(
    (document) => document.agreement.toLowerCase() === id.toLowerCase() && document.version === version,
  );
  return (found && compile(found)) ?? undefined;
};

/** Every signature that stands under an agreement. */
export const adoptionsOf = (agreements: readonly FiledContribution[], id?: string): readonly Adoption[] =>
  (termsOf(agreements, 'agreement-adoption') as Adoption[]).filter(
    (adoption) => id === undefined || adoption.agreement.toLowerCase() === id.toLowerCase(),
  );

export interface AdoptedAgreements {
  readonly inForce: readonly AgreementInForce[];
  /** Owners of whose agreements something cannot be read: it might have closed their records, so nothing opens them. */
  readonly closedOwners: ReadonlySet<string>;
}

const unreadableAdopters = (agreements: readonly FiledContribution[]): string[] =>
  agreements
    .filter(({ envelope, unreadable }) => envelope.type === 'agreement-adoption' && unreadable.includes('terms'))
    .map(({ envelope }) => envelope.owner.organisation);

/**
 * The versions in force at an instant, each with the owners that adopted it: an owner's adoption counts when two of
 * its people signed the same version and date, from that date on, until another version of the same agreement takes
 * its place.
 */
export const adoptedAgreements = (agreements: readonly FiledContribution[], at: number): AdoptedAgreements => {
  const signed = Map.groupBy(adoptionsOf(agreements), (a) =>
    JSON.stringify([a.agreement.toLowerCase(), a.organisation, a.version, a.inForceFrom]),
  );
  const complete = [...signed.values()]
    .filter((signatures) => new Set(signatures.map((s) => s.signer)).size >= SIGNATURES_NEEDED)
    .map((signatures) => signatures[0]!)
    .filter((adoption) => Date.parse(adoption.inForceFrom) <= at);
  const latest = [
    ...Map.groupBy(complete, (a) => JSON.stringify([a.agreement.toLowerCase(), a.organisation])).values(),
  ].map((ofOwner) => ofOwner.reduce((last, one) => (isLater(one, last) ? one : last)));
  const byVersion = Map.groupBy(latest, (a) => JSON.stringify([a.agreement.toLowerCase(), a.version]));
  const found = [...byVersion.keys()].sort().map((name) => {
    const adoptions = byVersion.get(name)!;
    const { agreement: id, version } = adoptions[0]!;
    return { id, version, adoptions, agreement: findDocument(agreements, id, version) };
  });
  return {
    inForce: found.flatMap(({ id, version, adoptions, agreement }): AgreementInForce[] =>
      agreement
        ? [
            {
              id,
              version,
              owners: adoptions.map(({ organisation }) => organisation).sort(),
              adopted: {
                agreement,
                adoptions: adoptions.map(({ organisation, inForceFrom }) => ({
                  organisation,
                  from: Date.parse(inForceFrom),
                })),
              },
            },
          ]
        : [],
    ),
    closedOwners: new Set([
      ...unreadableAdopters(agreements),
      ...found.flatMap(({ agreement, adoptions }) => (agreement ? [] : adoptions.map((a) => a.organisation))),
    ]),
  };
};

const isLater = (one: Adoption, other: Adoption): boolean => {
  const [a, b] = [Date.parse(one.inForceFrom), Date.parse(other.inForceFrom)];
  return a > b || (a === b && one.version > other.version);
};
