import { randomUUID } from 'node:crypto';
import type { Envelope } from '#contracts';

/** The envelope of a missing episode that the police sent, with an id of its own. */
export const exampleEnvelope = (changed: Partial<Envelope> = {}): Envelope => ({
  v: 1,
  contributionId: randomUUID(),
  subject: { kind: 'child', key: '0123456789abcdef0123456789abcdef' },
  type: 'missing-episode',
  schemaVersion: 1,
  recordType: 'crime-justice.missing',
  owner: { organisation: 'POL1', service: 'police' },
  sender: 'pol1-connector',
  originatorConfirmed: true,
  record: { key: 'aa'.repeat(32), ancestors: [], body: 'bb'.repeat(32) },
  rank: { feed: 'police-records', by: 'version', value: '3', key: '0003' },
  about: 'child',
  tier: 'ordinary',
  regime: 'uk-gdpr',
  occurred: { from: '2025-10-30', precision: 'day' },
  hubReceived: '2025-11-28T09:00:00.000Z',
  fields: { identity: ['identifiers'], content: ['note'] },
  facts: [],
  ...changed,
});
