import { canonicalBytes, contributionId, rankKey, type Envelope, type Rank } from '#contracts';
import type { Contribution } from '#timeline';

export interface ContributionClaims {
  readonly record?: string;
  readonly ancestors?: readonly string[];
  readonly body?: string;
  readonly by?: Rank['by'];
  readonly rank?: string;
  readonly feed?: string;
  readonly subject?: string;
  readonly change?: Partial<Envelope>;
}

/** A contribution with the claims given and plain values for the rest; its parts hold no real seal. */
export const contribution = ({
  record = 'record-1',
  ancestors = [],
  body = 'body-1',
  by = 'version',
  rank = '1',
  feed = 'school',
  subject = '0123456789abcdef0123456789abcdef',
  change = {},
}: ContributionClaims = {}): Contribution => {
  const id = contributionId({ organisation: 'E1', feed, recordKey: record, subjectKey: subject, rank, body });
  const envelope: Envelope = {
    v: 1,
    contributionId: id,
    subject: { kind: 'child', key: subject },
    type: 'missing-episode',
    schemaVersion: 1,
    recordType: 'missing-episodes',
    owner: { organisation: 'E1', service: 'school' },
    sender: 'connector-1',
    originatorConfirmed: true,
    record: { key: record, ancestors, body },
    rank: { feed, by, value: rank, key: rankKey(by, rank) },
    about: 'child',
    tier: 'ordinary',
    regime: 'uk-gdpr',
    occurred: { from: '2025-11-01', precision: 'day' },
    hubReceived: '2025-11-28T09:00:00.000Z',
    fields: { content: ['returnHomeInterviewAttended'] },
    facts: [],
    ...change,
  };
  const parts = { content: { alg: 'A256GCM', kid: 's/org:E1', nonce: 'AA', ct: body } };
  return { envelope, bytes: canonicalBytes({ v: 1, envelope, parts }) };
};
