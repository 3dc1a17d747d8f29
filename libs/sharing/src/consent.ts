import { fold } from './codes.js';
import { holdsService, type Clause, type CompiledAgreement, type Standing } from './compiled-agreement.js';

/** Consent of the data subject, and explicit consent to special-category data: UK GDPR articles 6(1)(a) and 9(2)(a). */
const CONSENT_BASES: ReadonlySet<string> = new Set(['ukgdpr6(1)(a)', 'ukgdpr9(2)(a)']);

/** The fact that a service holds a standing consent to processing, whoever gave it, and that nobody withdrew one. */
export const CONSENT_GIVEN = 'processing-consent';
/** The same of the young person's own consent alone. */
export const YOUNG_PERSON_CONSENTED = 'young-person-processing-consent';
/** The fact that a young person agreed to a service's sharing. */
const YOUNG_PERSON_AGREED = 'young-person-agreed';

/** Whether a lawful basis, as an agreement lists it, is consent, alone or beside others. */
export const restsOnConsent = (basis: readonly string[] | undefined): boolean =>
  (basis ?? []).some((one) => CONSENT_BASES.has(fold(one).replaceAll(/\s/g, '')));

/** A service that is guarded or hidden, or whose sharing the document leaves to the young person's agreement. */
const isYoungPersonsOwn = ({ forbids }: CompiledAgreement, standings: readonly Standing[]): boolean =>
  standings.some(({ serviceClass }) => serviceClass !== 'open') ||
  forbids.some(
    ({ from, unless }) => from !== null && unless.includes(YOUNG_PERSON_AGREED) && holdsService(from, standings),
  );

/**
 * Whether a clause may act as far as consent goes: one whose basis is no consent always. What is not known is not given.
 * Of a young person's own sensitive service that person's consent alone counts: a parent neither opens nor closes it.
 */
export const consentHolds = (
  agreement: CompiledAgreement,
  { onConsent }: Clause,
  standings: readonly Standing[],
  facts: { readonly has: (fact: string) => boolean },
): boolean => !onConsent || facts.has(isYoungPersonsOwn(agreement, standings) ? YOUNG_PERSON_CONSENTED : CONSENT_GIVEN);
