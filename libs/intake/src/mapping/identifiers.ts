export { classifyIdentifier } from '#identity';
export type { ClassifiedIdentifier, IdentifierKind } from '#identity';
