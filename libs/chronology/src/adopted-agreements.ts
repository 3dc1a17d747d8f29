import {
  parseAgreement,
  remembering,
  rememberingOf,
  type AdoptedAgreement,
  type CompiledAgreement,
  type ImportOptions,
} from '#sharing';
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
  /** Contribution that holds the document that was signed. */
  readonly document: string;
  readonly signer: string;
  /** RFC 3339, UTC. */
  readonly inForceFrom: string;
  /** When the hub received the signature. */
  readonly receivedAt: string;
}

interface DocumentTerms {
  readonly agreement: string;
  readonly version: string;
  readonly document: string;
  readonly desk?: string | null;
}

const compiled = new Map<string, CompiledAgreement | null>();
const MOST_COMPILED = 256;
/** Instants at which one list of agreements is looked at. */
const MOST_INSTANTS = 8;

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

export interface HeldDocument {
  /** Contribution that holds it. */
  readonly id: string;
  readonly agreement: string;
  readonly version: string;
  readonly document: string;
  readonly desk: string | null;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Every document that was brought in for a version of an agreement, the first first. */
export const documentsOf = (
  agreements: readonly FiledContribution[],
  id: string,
  version: string,
): readonly HeldDocument[] =>
  agreements
    .filter(({ envelope, confirms }) => envelope.type === 'agreement-document' && confirms === undefined)
    .flatMap(({ envelope, terms }): HeldDocument[] => {
      const held = terms as DocumentTerms | undefined;
      return held && sameName(held.agreement, id) && held.version === version
        ? [{ ...held, desk: held.desk ?? null, id: envelope.contributionId }]
        : [];
    });

/** The very document that an adoption names, compiled. */
const documentOf = (agreements: readonly FiledContribution[], adoption: Adoption): CompiledAgreement | undefined => {
  const found = documentsOf(agreements, adoption.agreement, adoption.version).find(
    ({ id }) => id === adoption.document,
  );
  return (found && compile(found)) ?? undefined;
};

/** Every signature that stands: of the organisation whose own record it is, by the very person who sent it. */
export const adoptionsOf = (agreements: readonly FiledContribution[], id?: string): readonly Adoption[] => {
  const bodies = new Map(
    agreements.filter((one) => one.confirms === undefined).map((one) => [one.envelope.contributionId, one.terms]),
  );
  return currentRecords(agreements)
    .filter(({ contribution }) => contribution.envelope.type === 'agreement-adoption')
    .flatMap(({ contribution: { envelope }, bodyOf, receivedFirst }): Adoption[] => {
      const terms = bodies.get(bodyOf) as Omit<Adoption, 'receivedAt'> | undefined;
      const isOwn = terms?.organisation === envelope.owner.organisation && terms.signer === envelope.sender;
      return terms && isOwn ? [{ ...terms, receivedAt: receivedFirst }] : [];
    })
    .filter((adoption) => id === undefined || sameName(adoption.agreement, id));
};

export interface Revocation {
  readonly id: string;
  readonly agreement: string;
  readonly version: string;
  readonly organisation: string;
  readonly signer: string;
  /** RFC 3339, UTC: as said, and never before the hub received it. */
  readonly from: string;
  readonly receivedAt: string;
}

/** Every revocation: of the organisation whose own record it is, by the very person who sent it. */
export const revocationsOf = (agreements: readonly FiledContribution[], id?: string): readonly Revocation[] =>
  agreements
    .filter(({ envelope, confirms }) => envelope.type === 'agreement-revoked' && confirms === undefined)
    .flatMap(({ envelope, terms }): Revocation[] => {
      const said = terms as Omit<Revocation, 'id' | 'receivedAt'> | undefined;
      if (!said || said.organisation !== envelope.owner.organisation || said.signer !== envelope.sender) return [];
      if (id !== undefined && !sameName(said.agreement, id)) return [];
      const receivedAt = envelope.hubReceived;
      // A time that cannot be read, or one that has passed, counts from when it was received.
      const from = Date.parse(said.from) > Date.parse(receivedAt) ? said.from : receivedAt;
      return [{ ...said, id: envelope.contributionId, receivedAt, from }];
    });

export interface AdoptedAgreements {
  readonly inForce: readonly AgreementInForce[];
  /** Owners of whose agreements something cannot be read: it might have closed their records, so nothing opens them. */
  readonly closedOwners: ReadonlySet<string>;
}

const unreadableAdopters = (agreements: readonly FiledContribution[]): string[] =>
  agreements
    .filter(
      ({ envelope, unreadable }) =>
        ['agreement-adoption', 'agreement-revoked'].includes(envelope.type) && unreadable.includes('terms'),
    )
    .map(({ envelope }) => envelope.owner.organisation);

const compareInstants = (a: string, b: string): number => Date.parse(a) - Date.parse(b);

/** Adoptions that two people of their owner signed alike. */
const completed = (signatures: readonly Adoption[]): Adoption[] => {
  const alike = Map.groupBy(signatures, (a) =>
    JSON.stringify([a.agreement.toLowerCase(), a.organisation, a.version, a.document, a.inForceFrom]),
  );
  return [...alike.values()]
    .filter((signed) => new Set(signed.map((s) => s.signer)).size >= SIGNATURES_NEEDED)
    .map(completedBy);
};

const isOf = (one: Revocation | Adoption, other: Revocation | Adoption): boolean =>
  sameName(one.agreement, other.agreement) && one.organisation === other.organisation;

/**
 * Signatures that were not taken back by an instant: not those of a revoked version, nor those of what it had taken
 * the place of, which does not come back: whoever revokes closes. What was signed since counts.
 */
const notTakenBack = (
  signatures: readonly Adoption[],
  revocations: readonly Revocation[],
  at: number,
): readonly Adoption[] => {
  const effective = revocations.filter(({ from }) => Date.parse(from) <= at);
  return effective.reduce((left, revocation) => {
    const before = signatures.filter(
      (one) => isOf(revocation, one) && compareInstants(one.receivedAt, revocation.receivedAt) <= 0,
    );
    const closed = completed(before).filter(
      ({ version, inForceFrom }) => version === revocation.version && Date.parse(inForceFrom) <= at,
    );
    const taken = new Set(
      before.filter((one) => one.version === revocation.version || closed.some((adoption) => !isLater(one, adoption))),
    );
    return left.filter((one) => !taken.has(one));
  }, signatures);
};

/** Every signature under an agreement that stands at an instant. */
export const standingSignatures = (
  agreements: readonly FiledContribution[],
  id: string,
  at: number,
): readonly Adoption[] => notTakenBack(adoptionsOf(agreements, id), revocationsOf(agreements, id), at);

/**
 * The versions in force at an instant, each with the owners that adopted it: an owner's adoption counts when two of
 * its people signed the same version and date, from that date on, until another version of the same agreement takes
 * its place or one of its people revokes it. Adopting again after that takes two signatures made since.
 */
export const adoptedAgreements = (agreements: readonly FiledContribution[], at: number): AdoptedAgreements =>
  adoptedAmong(agreements)(at);

const adoptedAmong = rememberingOf((agreements: readonly FiledContribution[]) =>
  remembering((at: number) => adoptedAt(agreements, at), MOST_INSTANTS),
);

const adoptedAt = (agreements: readonly FiledContribution[], at: number): AdoptedAgreements => {
  const complete = completed(notTakenBack(adoptionsOf(agreements), revocationsOf(agreements), at)).filter(
    ({ inForceFrom }) => Date.parse(inForceFrom) <= at,
  );
  const latest = [
    ...Map.groupBy(complete, (a) => JSON.stringify([a.agreement.toLowerCase(), a.organisation])).values(),
  ].map((ofOwner) => ofOwner.reduce((last, one) => (isLater(one, last) ? one : last)));
  const byVersion = Map.groupBy(latest, (a) => JSON.stringify([a.agreement.toLowerCase(), a.version, a.document]));
  const found = [...byVersion.keys()].sort().map((name) => {
    const adoptions = byVersion.get(name)!;
    const { agreement: id, version } = adoptions[0]!;
    return { id, version, adoptions, agreement: documentOf(agreements, adoptions[0]!) };
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

/** The signature with which an adoption was complete. */
const completedBy = (signatures: readonly Adoption[]): Adoption => {
  const bySigner = [...Map.groupBy(signatures, ({ signer }) => signer).values()].map(
    (own) => own.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))[0]!,
  );
  return bySigner.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))[SIGNATURES_NEEDED - 1]!;
};

/** By the date from which it is in force, then by when it was complete. */
const isLater = (one: Adoption, other: Adoption): boolean => {
  const [a, b] = [Date.parse(one.inForceFrom), Date.parse(other.inForceFrom)];
  return a > b || (a === b && one.receivedAt > other.receivedAt);
};
