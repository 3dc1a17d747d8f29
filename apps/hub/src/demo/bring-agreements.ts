import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from '#intake';
import { HubRefused, type HubClient } from './hub-client.js';
import type { Progress } from './send-file.js';
import { GOVERNANCE, type DemoPerson } from './story.js';

const pathOf = (id: string, version: string): string =>
  `/v1/agreements/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;

const signersOf = (organisation: string): readonly DemoPerson[] =>
  GOVERNANCE.filter((person) => person.organisation === organisation);

/** Signs once the hub knows the document: it was acknowledged, and may be on its way still. */
const sign = async (client: HubClient, signer: DemoPerson, path: string, inForceFrom: string): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.person(signer.login, 'POST', `${path}/adoptions`, { inForceFrom });
      return;
    } catch (error) {
      if (attempt >= 100 || !(error instanceof HubRefused) || (error.status !== 404 && error.status !== 403))
        throw error;
      await delay(50);
    }
  }
};

interface Adoption {
  readonly owner: string;
  readonly id: string;
  readonly version: string;
  readonly inForceFrom: string;
  /** Brings the version in, where it is not there yet. */
  readonly bring?: (path: string, first: DemoPerson) => Promise<unknown>;
}

/** Two governance people of the owner sign a version, unless it is in force for it already. */
const adopt = async (client: HubClient, { owner, id, version, inForceFrom, bring }: Adoption): Promise<void> => {
  const [first, ...others] = signersOf(owner);
  if (!first || others.length === 0) return;
  const isInForce = async (): Promise<boolean> => {
    const held = (await client.person(first.login, 'GET', '/v1/agreements')) as {
      agreements: { id: string; version: string; owners: string[] }[];
    };
    return held.agreements.some((one) => one.id === id && one.version === version && one.owners.includes(owner));
  };
  if (await isInForce()) return;
  const path = pathOf(id, version);
  await bring?.(path, first);
  for (const signer of [first, ...others]) await sign(client, signer, path, inForceFrom);
  // What widens counts once it is projected: nobody reads before.
  for (let attempt = 0; attempt < 400 && !(await isInForce()); attempt += 1) await delay(50);
};

/** Brings each policy in and has two governance people of its organisation sign it, unless it is in force already. */
export const adoptPolicies = async (
  client: HubClient,
  registry: Registry,
  documents: readonly unknown[],
  inForceFrom: string,
  progress: Progress,
): Promise<void> => {
  for (const [done, document] of documents.entries()) {
    progress('agreements', done, documents.length);
    const { orgId, dsaPolicy } = document as { orgId?: string; dsaPolicy?: { version?: string } };
    const organisation = registry.organisations.find(({ id }) => id === orgId);
    if (!organisation || !dsaPolicy?.version) continue;
    const { id, desk } = organisation;
    await adopt(client, {
      owner: id,
      id,
      version: dsaPolicy.version,
      inForceFrom,
      bring: (path, first) => client.person(first.login, 'PUT', path, { document, desk }),
    });
  }
  progress('agreements', documents.length, documents.length);
};

const SHIPPED = 'deploy/agreements';

interface Shipped {
  readonly id: string;
  readonly version: string;
  readonly parties: Readonly<Record<string, { readonly orgs: readonly string[] }>>;
}

const readShipped = async (): Promise<{ readonly text: string; readonly document: Shipped }[]> => {
  const names = (await readdir(SHIPPED).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(SHIPPED, name), 'utf8')));
  return texts.map((text) => ({ text, document: JSON.parse(text) as Shipped }));
};

/** Agreements that are shipped come in as drafts: their governance people read, test and adopt them on their pages. */
export const bringShipped = async (client: HubClient): Promise<void> => {
  for (const { text, document } of await readShipped()) {
    try {
      await client.person(GOVERNANCE[0]!.login, 'PUT', pathOf(document.id, document.version), { document: text });
    } catch (error) {
      // An earlier run brought this version in as it was then: it stays.
      if (!(error instanceof HubRefused) || error.status !== 409) throw error;
    }
  }
};

/** Has two governance people of each owner sign every agreement that is shipped. */
export const adoptShipped = async (client: HubClient, inForceFrom: string): Promise<void> => {
  for (const { document } of await readShipped()) {
    const { id, version } = document;
    const owners = new Set(Object.values(document.parties).flatMap(({ orgs }) => orgs));
    await Promise.all([...owners].map((owner) => adopt(client, { owner, id, version, inForceFrom })));
  }
};
