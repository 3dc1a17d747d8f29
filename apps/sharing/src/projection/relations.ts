import type { PoolClient } from 'pg';
import type { Envelope } from '#contracts';
import { RELATION_REVIEWED, RESPONSIBILITY_MOVED } from '#chronology';
import { foldCode } from '#sharing';
import type { BlindIndex } from '../reading/blind-index.js';

/** What is filed and holds its own body, with its terms where they can be read. */
interface Filed {
  readonly position: number;
  readonly envelope: Envelope;
  readonly terms?: Readonly<Record<string, unknown>> | undefined;
}

/** Relations to children, and what reviewers say of them. */
export const projectRelations = async (
  client: PoolClient,
  blind: BlindIndex,
  generation: number,
  filed: readonly Filed[],
): Promise<void> => {
  await projectHeld(client, blind, generation, filed);
  await projectReviewed(client, generation, filed);
};

/** Whether it says this of a school or practice that is not its sender: it gives nobody a relation. */
const isOfAnother = ({ owner }: Envelope, relation: string, organisation: unknown): boolean =>
  relation !== 'invited' && typeof organisation === 'string' && foldCode(organisation) !== foldCode(owner.organisation);

interface Held {
  readonly relation: string;
  /** Whose people have it. */
  readonly organisation: string;
  readonly service: string;
  readonly staffKey: string | null;
}

/** For whom a contribution says that there is a relation. */
const heldBy = ({ envelope, terms = {} }: Filed): Held[] => {
  const { relation, service, services, staffKey, organisation } = terms;
  const owner = envelope.owner.organisation;
  if (envelope.type === RESPONSIBILITY_MOVED && typeof organisation === 'string' && Array.isArray(services)) {
    const names = new Set(services.filter((one) => typeof one === 'string'));
    const second = [...names].map((one) => ({ organisation, service: one }));
    return [envelope.owner, ...second].map((one) => ({
      relation: 'duty',
      organisation: one.organisation,
      service: one.service,
      staffKey: null,
    }));
  }
  if (envelope.type !== 'relation' || typeof relation !== 'string' || typeof service !== 'string') return [];
  if (isOfAnother(envelope, relation, organisation)) return [];
  return [{ relation, organisation: owner, service, staffKey: typeof staffKey === 'string' ? staffKey : null }];
};

const projectHeld = async (
  client: PoolClient,
  blind: BlindIndex,
  generation: number,
  filed: readonly Filed[],
): Promise<void> => {
  const rows = filed.flatMap((one) => heldBy(one).map((held) => ({ ...one, ...held })));
  if (rows.length === 0) return;
  await client.query({
    name: 'project-relations',
    text: `insert into projection.relation (generation, position, contribution_id, subject_key, owner, organisation, feed,
             record_key, relation, service, staff_key, draw)
           select $1, x.* from unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[], $12::integer[]) x`,
    values: [
      generation,
      rows.map(({ position }) => position),
      rows.map(({ envelope }) => envelope.contributionId),
      rows.map(({ envelope }) => envelope.subject.key),
      rows.map(({ envelope }) => envelope.owner.organisation),
      rows.map(({ organisation }) => organisation),
      rows.map(({ envelope }) => envelope.rank.feed),
      rows.map(({ envelope }) => envelope.record.key),
      rows.map(({ relation }) => relation),
      rows.map(({ service }) => service),
      rows.map(({ staffKey }) => staffKey),
      rows.map(({ envelope: { subject, owner, rank, record } }) =>
        blind.draw(JSON.stringify([subject.key, owner.organisation, rank.feed, record.key])),
      ),
    ],
  });
};

const projectReviewed = async (client: PoolClient, generation: number, filed: readonly Filed[]): Promise<void> => {
  const reviews = filed.flatMap(({ position, envelope, terms }) => {
    const { review, outcome } = terms ?? {};
    return envelope.type === RELATION_REVIEWED && outcome !== 'more-needed' && typeof review === 'string'
      ? [{ position, review }]
      : [];
  });
  if (reviews.length === 0) return;
  await client.query({
    name: 'project-relation-reviews',
    text: `insert into projection.relation_review (generation, position, review)
           select $1, x.* from unnest($2::bigint[], $3::uuid[]) x`,
    values: [generation, reviews.map(({ position }) => position), reviews.map(({ review }) => review)],
  });
};
