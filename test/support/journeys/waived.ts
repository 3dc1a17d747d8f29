import { parseAgreement, unwitnessedChanges, type AgreementDocument } from '#sharing';

/** A document whose every value that none of its cases needs is waived by name, so that it may be adopted. */
export const waived = <D extends object>(document: D): D & { readonly waivers: AgreementDocument['waivers'] } => {
  const parsed = parseAgreement(document);
  if ('refused' in parsed) throw new Error(JSON.stringify(parsed.refused));
  const { unseen } = unwitnessedChanges(document as unknown as AgreementDocument, parsed.agreement);
  const names = new Map(
    unseen.map(({ clause, change, unseen: changes }) => [`${clause}\n${change}`, { clause, changes }]),
  );
  return {
    ...document,
    waivers: [...names.values()].flatMap(({ clause, changes }) =>
      changes.map((change) => ({ clause, change, reason: 'The journeys try what it does' })),
    ),
  };
};
