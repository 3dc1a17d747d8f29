import type { PoolClient } from 'pg';
import type { PartOpener } from '#platform';
import { linksOf, type ScopeReference } from '#chronology';
import type { Question } from '#identity';
import type { BlindIndex } from '../reading/blind-index.js';
import { withErasedIdentity } from '../reading/erased-identity.js';
import { closureOf, filedRows } from '../reading/load-scope.js';
import { unsealForDecision } from '#platform';

interface Member {
  readonly key: string;
  readonly child: string;
}

/** The references near these, each with everything filed on it. */
const loadReferences = async (
  client: PoolClient,
  opener: PartOpener,
  blind: BlindIndex,
  generation: number,
  position: number,
  near: readonly { key: string; organisation: string }[],
): Promise<ScopeReference[]> => {
  const rows = await filedRows(
    client,
    generation,
    position,
    near.map(({ key }) => key),
  );
  const opened = await withErasedIdentity(
    client,
    blind,
    generation,
    position,
    await unsealForDecision(client, opener, rows),
  );
  return near.map((reference) => ({
    ...reference,
    contributions: opened.filter((_, i) => rows[i]!.subjectKey === reference.key),
  }));
};

/**
 * Derives again which references are one child, and which pairs are questions, for the groups that a batch touched.
 * Only what changed is written: the old row ends at this position, the new one begins.
 */
export const projectMemberships = async (
  client: PoolClient,
  opener: PartOpener,
  blind: BlindIndex,
  generation: number,
  position: number,
  touched: readonly string[],
): Promise<void> => {
  if (touched.length === 0) return;
  const near = await closureOf(client, generation, position, touched);
  const references = await loadReferences(client, opener, blind, generation, position, near);
  const { components, questions } = linksOf(references);
  const members: Member[] = components
    .filter((component) => component.length > 1)
    .flatMap((component) => {
      const child = [...component].sort()[0]!;
      return component.map((key) => ({ key, child }));
    });
  await writeMembers(
    client,
    generation,
    position,
    near.map(({ key }) => key),
    members,
  );
  await writeQuestions(
    client,
    generation,
    position,
    near.map(({ key }) => key),
    questions,
  );
};

const writeMembers = async (
  client: PoolClient,
  generation: number,
  position: number,
  near: readonly string[],
  members: readonly Member[],
): Promise<void> => {
  const keys = members.map((m) => m.key);
  const children = members.map((m) => m.child);
  await client.query(
    `update projection.membership m set to_position = $2
      where m.generation = $1 and m.to_position is null and m.subject_key = any ($3::text[])
        and not exists (select 1 from unnest($4::text[], $5::text[]) as x (key, child) where x.key = m.subject_key and x.child = m.child)`,
    [generation, position, near, keys, children],
  );
  await client.query(
    `insert into projection.membership (generation, subject_key, child, from_position)
     select $1, x.key, x.child, $2 from unnest($3::text[], $4::text[]) as x (key, child)
      where not exists (select 1 from projection.membership m
        where m.generation = $1 and m.subject_key = x.key and m.child = x.child and m.to_position is null)`,
    [generation, position, keys, children],
  );
};

const writeQuestions = async (
  client: PoolClient,
  generation: number,
  position: number,
  near: readonly string[],
  questions: readonly Question[],
): Promise<void> => {
  const columns = [questions.map((q) => q.a), questions.map((q) => q.b), questions.map((q) => q.reason)];
  await client.query(
    `update projection.question q set to_position = $2
      where q.generation = $1 and q.to_position is null and (q.reference_a = any ($3::text[]) or q.reference_b = any ($3::text[]))
        and not exists (select 1 from unnest($4::text[], $5::text[], $6::text[]) as x (a, b, why)
          where x.a = q.reference_a and x.b = q.reference_b and x.why = q.why)`,
    [generation, position, near, ...columns],
  );
  await client.query(
    `insert into projection.question (generation, reference_a, reference_b, why, from_position)
     select $1, x.a, x.b, x.why, $2 from unnest($3::text[], $4::text[], $5::text[]) as x (a, b, why)
      where not exists (select 1 from projection.question q
        where q.generation = $1 and q.reference_a = x.a and q.reference_b = x.b and q.why = x.why and q.to_position is null)`,
    [generation, position, ...columns],
  );
};
