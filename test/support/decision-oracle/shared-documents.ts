import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AgreementDocument } from './agreement-oracle.js';
import type { DfePolicyFile } from './dfe-oracle.js';

/** Documents that lie beside the project, not in it; absent in a bare clone. */
export const WEXSHIRE_PATH = resolve('../shared/agreements/wexshire-core.json');
export const DFE_POLICIES_PATH = resolve('../shared/data/12-dfe-sui/policy/org-directory-policies.json');

/** `it`, or a skip that is said aloud, for a test that needs a document from beside the project. */
export function itWith(path: string): jest.It {
  if (existsSync(path)) return it;
  process.stderr.write(`SKIPPED, because it is not here: ${path}\n`);
  return it.skip;
}

/** Throws when the document is not there or no JSON. */
export function readWexshire(): AgreementDocument {
  return JSON.parse(readFileSync(WEXSHIRE_PATH, 'utf8')) as AgreementDocument;
}

/** Throws when the file is not there or no JSON. */
export function readDfePolicies(): DfePolicyFile {
  return JSON.parse(readFileSync(DFE_POLICIES_PATH, 'utf8')) as DfePolicyFile;
}
