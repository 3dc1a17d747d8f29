import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './hub-caller.js';
import type { Workload } from './workload.js';

const POLICIES = join(process.cwd(), 'apps/hub/demo/policy/data-sharing-policies.json');

interface Policies {
  readonly organisations: readonly { readonly orgId: string; readonly dsaPolicy: { readonly version: string } }[];
}

/**
 * Brings in the demonstration's agreement of each organisation and has two of its people sign it, so that readers see
 * more than their own organisation's records. Returns how many contributions came of what the hub accepted.
 */
export const adoptAgreements = async (
  caller: Caller,
  governance: Workload['governance'],
  signal: AbortSignal,
): Promise<number> => {
  let commands = 0;
  /** What was acknowledged just now may be on its way still: until then the hub does not know who signs, or what. */
  const command = async (login: string, method: string, path: string, body: unknown): Promise<void> => {
    for (;;) {
      const answer = await caller.call(login, method, path, { body: JSON.stringify(body) });
      signal.throwIfAborted();
      if (answer?.status === 202) {
        commands += 1;
        return;
      }
      if (answer?.status !== 403 && answer?.status !== 404) {
        throw new Error(`an agreement was not taken: ${answer?.status} ${JSON.stringify(answer?.body)}`);
      }
      await delay(50);
    }
  };
  const { organisations } = JSON.parse(await readFile(POLICIES, 'utf8')) as Policies;
  for (const organisation of organisations) {
    const people = governance.get(organisation.orgId);
    if (!people) continue;
    const path = `/v1/agreements/${organisation.orgId}/versions/${encodeURIComponent(organisation.dsaPolicy.version)}`;
    await command(people[0], 'PUT', path, { document: organisation, desk: null });
    for (const login of people) {
      await command(login, 'POST', `${path}/adoptions`, { inForceFrom: '2025-12-01T00:00:00Z' });
    }
    // The first signature says too that the document was tested.
    commands += 1;
  }
  return commands;
};
