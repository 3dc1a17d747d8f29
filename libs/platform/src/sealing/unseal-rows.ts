import type { Pool, PoolClient } from 'pg';
import { getEventType, upcastParts, type Envelope, type Part } from '#contracts';
import type { OpenedFinal } from './final-form.js';
import type { PartOpener } from './open-contribution.js';
import { SealingError } from './sealing-error.js';
import type { FiledContribution } from '#timeline';

/** A filed or pending contribution as a row gives it. */
export interface SealedRow {
  readonly position: number | null;
  readonly confirms: string | null;
  readonly bytes: Uint8Array;
}

interface DataKeyRow {
  submission_id: string;
  contribution_id: string;
  part: Part;
  recipient: string;
  wrapped: Buffer;
  enc: Buffer;
  sealed: Buffer;
  kid: string;
}

export type UnsealedParts = Partial<Record<Part, Readonly<Record<string, unknown>>>>;

export interface Unsealed extends UnsealedParts {
  readonly unreadable: readonly Part[];
}

/** The wrapped keys of these contributions' parts, and the submission keys that open them. */
const loadKeys = async (
  client: Pool | PoolClient,
  ids: readonly string[],
  parts: readonly Part[],
): Promise<DataKeyRow[]> => {
  if (ids.length === 0) return [];
  const { rows } = await client.query({
    name: 'sealing-keys',
    text: `select d.submission_id, d.contribution_id, d.part, d.recipient, d.wrapped, k.enc, k.sealed, k.kid
             from sealing.data_key d join sealing.submission_key k using (submission_id, recipient)
            where d.contribution_id = any ($1::uuid[]) and d.part = any ($2::text[])`,
    values: [ids, parts],
  });
  return rows as DataKeyRow[];
};

/**
 * Opens the named parts of many contributions. A part whose wrapped key is gone, or that was altered, is named in
 * `unreadable` and stays closed.
 */
export const unsealParts = async (
  client: Pool | PoolClient,
  opener: PartOpener,
  rows: readonly { readonly bytes: Uint8Array }[],
  parts: readonly Part[],
): Promise<(Unsealed & { readonly envelope: Envelope })[]> => {
  const finals = rows.map((row) => opener.read(row.bytes));
  const ids = [...new Set(finals.map(({ form }) => form.envelope.contributionId))];
  const keyOf = new Map(
    (await loadKeys(client, ids, parts)).map((key) => [
      `${key.contribution_id}/${key.part}/${key.submission_id}/${key.recipient}`,
      key,
    ]),
  );
  const open = async (final: OpenedFinal) => {
    const { envelope, parts: sealed } = final.form;
    const opened: UnsealedParts = {};
    const unreadable: Part[] = [];
    for (const part of parts) {
      const held = sealed[part];
      if (!held) continue;
      const key = keyOf.get(`${envelope.contributionId}/${part}/${held.kid}`);
      const plain = await opener
        .open({
          contributionId: envelope.contributionId,
          final,
          part,
          wrapped: key?.wrapped,
          submissionKeyRow: key && { submissionId: key.submission_id, ...key },
        })
        .catch((error: unknown) => {
          if (error instanceof SealingError) return 'erased' as const;
          throw error;
        });
      if (plain === 'erased') unreadable.push(part);
      else opened[part] = plain;
    }
    const current = upcastParts(getEventType(envelope.type), envelope.schemaVersion, opened);
    return { envelope, ...current, unreadable };
  };
  return Promise.all(finals.map(open));
};

/** Rows as the pure functions see them: envelope, identity and terms. */
export const unsealForDecision = async (
  client: Pool | PoolClient,
  opener: PartOpener,
  rows: readonly SealedRow[],
): Promise<FiledContribution[]> => {
  const held = rows.filter((row) => row.confirms === null);
  const opened = await unsealParts(client, opener, held, ['identity', 'terms']);
  const openedOf = new Map(held.map((row, i) => [row, opened[i]!]));
  return rows.map((row) => {
    if (row.confirms !== null) {
      const { envelope } = JSON.parse(Buffer.from(row.bytes).toString('utf8')) as { envelope: Envelope };
      return { position: row.position, envelope, confirms: row.confirms, unreadable: [] };
    }
    const { envelope, identity, terms, unreadable } = openedOf.get(row)!;
    return {
      position: row.position,
      envelope,
      ...(identity ? { identity } : {}),
      ...(terms ? { terms } : {}),
      unreadable,
    };
  });
};
