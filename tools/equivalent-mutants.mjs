/**
 * Mutants that survive because they change nothing that anybody could observe: the text they change, to what, and why
 * that is the same. `line`: a part of the line where the text begins, where the text alone is not enough.
 */
export const EQUIVALENT = [];
