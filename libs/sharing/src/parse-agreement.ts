import { compileAgreement } from './compile-agreement.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import {
  compileImported,
  importPolicies,
  refusalsOfImported,
  type ImportedAgreement,
  type ImportOptions,
} from './imported-agreement.js';
import { readPolicies } from './policy-document.js';
import type { Refusal } from './refusal.js';

export type ParsedAgreement =
  | {
      readonly agreement: CompiledAgreement;
      /** The permit-only cells, where the document is a policy that was imported. */
      readonly imported: ImportedAgreement | null;
    }
  | { readonly refused: readonly Refusal[] };

const refuse = (place: string, reason: string): ParsedAgreement => ({ refused: [{ place, reason }] });

/**
 * Makes a document ready to decide with: an agreement in the hub's vocabulary (`schema` is `agreement/1`), a policy
 * in the shape of the DfE prototype (a directory with `organisations`, or one organisation with `dsaPolicy`), or
 * cells that an import wrote (`agreement-cells/1`). What is wrong comes back as a list with the place of each, as a
 * JSON path; it never throws on what JSON can say.
 */
export const parseAgreement = (json: unknown, options: ImportOptions = {}): ParsedAgreement => {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse('$', 'must be an object');
  const fields = json as Record<string, unknown>;
  const schema = Object.hasOwn(fields, 'schema') ? fields['schema'] : undefined;
  if (schema === 'agreement/1') {
    const compiled = compileAgreement(json);
    return 'refused' in compiled ? compiled : { agreement: compiled.agreement, imported: null };
  }
  if (schema === 'agreement-cells/1') {
    const refused = refusalsOfImported(json);
    if (refused.length > 0) return { refused };
    const document = json as ImportedAgreement;
    return { agreement: compileImported(document), imported: document };
  }
  if (Object.hasOwn(fields, 'organisations') || Object.hasOwn(fields, 'dsaPolicy')) {
    const read = readPolicies(fields);
    if ('refused' in read) return read;
    const imported = importPolicies(read.organisations, options);
    return { agreement: compileImported(imported), imported };
  }
  return schema === undefined
    ? refuse('$', 'is neither an agreement nor a sharing policy')
    : refuse('$.schema', 'is not a schema that is known here');
};
