import { currentRecords, type FiledContribution } from '#timeline';
import {
  adoptedAgreements,
  adoptionsOf,
  documentsOf,
  revocationsOf,
  SIGNATURES_NEEDED,
  standingSignatures,
  type Adoption,
} from './adopted-agreements.js';

/** What a version is to one owner: `adopted` is signed by enough people, from a date that is still to come. */
export type OwnerState = 'signed' | 'adopted' | 'in-force' | 'superseded' | 'revoked';
/** What a version is on the whole: the furthest that it is to any owner; `draft` and `tested` before any signature. */
export type AgreementState = 'draft' | 'tested' | OwnerState;

export interface OwnerStanding {
  readonly organisation: string;
  readonly state: OwnerState;
  /** Signatures that were not taken back. */
  readonly signatures: readonly Adoption[];
  /** From when it is or will be in force; null while signatures are missing, and after its end. */
  readonly inForceFrom: string | null;
  /** From when it is revoked; null where it is not. */
  readonly revokedFrom: string | null;
}

export interface AgreementLife {
  readonly state: AgreementState;
  /** When the hub received the record of the test that it passed. */
  readonly testedAt: string | null;
  readonly owners: readonly OwnerStanding[];
}

/** Documents, by the contribution that holds each, with when they were found to pass their tests. */
const testsOf = (agreements: readonly FiledContribution[]): ReadonlyMap<string, string> =>
  new Map(
    currentRecords(agreements)
      .filter(({ contribution }) => contribution.envelope.type === 'agreement-tested')
      .flatMap(({ bodyOf, receivedFirst }) => {
        const said = agreements.find(({ envelope }) => envelope.contributionId === bodyOf)?.terms;
        const document = said?.['document'];
        return typeof document === 'string' ? [[document, receivedFirst] as const] : [];
      }),
  );

const FURTHEST: readonly AgreementState[] = [
  'in-force',
  'adopted',
  'signed',
  'revoked',
  'superseded',
  'tested',
  'draft',
];

/**
 * Where one version stands at an instant. What is filed and what is accepted and on its way count alike, but for what
 * is in force: that holds by what is filed, and still holds with what is on its way.
 */
export const agreementLife = (
  filed: readonly FiledContribution[],
  pending: readonly FiledContribution[],
  { id, version }: { readonly id: string; readonly version: string },
  at: number,
): AgreementLife => {
  const all = [...filed, ...pending];
  const held = documentsOf(all, id, version);
  const signatures = adoptionsOf(all, id).filter((one) => one.version === version);
  const stand = standingSignatures(all, id, at);
  const revocations = revocationsOf(all, id).filter((one) => one.version === version);
  const actsFor = (contributions: readonly FiledContribution[]): readonly string[] =>
    adoptedAgreements(contributions, at).inForce.flatMap((one) =>
      one.id.toLowerCase() === id.toLowerCase() && one.version === version ? one.owners : [],
    );
  const withPending = actsFor(all);
  const inForce = actsFor(filed).filter((owner) => withPending.includes(owner));

  const organisations = [...new Set([...signatures, ...revocations].map(({ organisation }) => organisation))].sort();
  const owners = organisations.map((organisation): OwnerStanding => {
    const revoked = revocations
      .filter((one) => one.organisation === organisation)
      .sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt))
      .at(-1);
    const standing = stand.filter((one) => one.organisation === organisation && one.version === version);
    const alike = [...Map.groupBy(standing, (one) => `${one.document} ${one.inForceFrom}`).values()].filter(
      (some) => new Set(some.map(({ signer }) => signer)).size >= SIGNATURES_NEEDED,
    );
    const dates = alike.map((some) => some[0]!.inForceFrom).sort((a, b) => Date.parse(a) - Date.parse(b));
    const begun = dates.filter((date) => Date.parse(date) <= at);
    const coming = dates.find((date) => Date.parse(date) > at) ?? null;
    const isInForce = inForce.includes(organisation);
    const state: OwnerState = isInForce
      ? 'in-force'
      : coming !== null
        ? 'adopted'
        : begun.length > 0 && !withPending.includes(organisation)
          ? 'superseded'
          : standing.length > 0
            ? 'signed'
            : revoked
              ? 'revoked'
              : 'superseded';
    return {
      organisation,
      state,
      signatures: standing,
      inForceFrom: isInForce ? (begun.at(-1) ?? null) : coming,
      revokedFrom: revoked && (state === 'revoked' || Date.parse(revoked.from) > at) ? revoked.from : null,
    };
  });
  const testedAt = held.flatMap((one) => testsOf(all).get(one.id) ?? [])[0] ?? null;
  const states = new Set<AgreementState>(owners.map(({ state }) => state));
  return {
    state: FURTHEST.find((state) => states.has(state)) ?? (testedAt === null ? 'draft' : 'tested'),
    testedAt,
    owners,
  };
};

/** Every version that the hub holds, the first brought first. */
export const versionsHeld = (
  agreements: readonly FiledContribution[],
): readonly { readonly id: string; readonly version: string }[] => {
  const found = new Map<string, { id: string; version: string }>();
  for (const { envelope, terms, confirms } of agreements) {
    if (envelope.type !== 'agreement-document' || confirms !== undefined || !terms) continue;
    const { agreement, version } = terms as { agreement: string; version: string };
    const name = JSON.stringify([agreement.toLowerCase(), version]);
    if (!found.has(name)) found.set(name, { id: agreement, version });
  }
  return [...found.values()];
};
