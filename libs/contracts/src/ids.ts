import { v5 as uuidv5 } from 'uuid';
import { canonicalText } from './canonical.js';

/** Name spaces of the hub's name-based ids (RFC 9562, version 5). They never change. */
const CONTRIBUTION_NAMESPACE = '5d9cbb3f-5f53-5b9a-8f0e-6a4d3f6f2a01';
const EVENT_NAMESPACE = '5d9cbb3f-5f53-5b9a-8f0e-6a4d3f6f2a02';

export interface ContributionName {
  readonly organisation: string;
  readonly feed: string;
  readonly recordKey: string;
  readonly subjectKey: string;
  readonly rank: string;
  /** HMAC (hex) of the canonical plain body. */
  readonly body: string;
}

/** The same record, version and body always have the same id, whoever sends them and however often. */
export const contributionId = (name: ContributionName): string =>
  uuidv5(
    canonicalText([name.organisation, name.feed, name.recordKey, name.subjectKey, name.rank, name.body]),
    CONTRIBUTION_NAMESPACE,
  );

/** Id of the n-th event that one contribution leads to. */
export const eventId = (contribution: string, n: number): string => uuidv5(`${contribution}/${n}`, EVENT_NAMESPACE);

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** A subject key as text: 128 random bits in hex. */
export const isSubjectKey = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

export const streamOf = (subject: { kind: string; key: string }): string => `${subject.kind}-${subject.key}`;
