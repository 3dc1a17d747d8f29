import type { LookRecord } from './look-record.js';

/** A recorded look at something that is not decided again: what its record says in the clear. */
export interface OtherLook {
  readonly readId: string;
  readonly viewer: LookRecord['viewer'];
  readonly at: string;
  readonly handle: string | null;
  readonly purpose: string | null;
  readonly references: readonly string[];
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Reads the record of any look: every one has an id, a viewer and a recorded time. Throws a RangeError otherwise. */
export const decodeOtherLook = (data: Uint8Array): OtherLook => {
  const record = JSON.parse(new TextDecoder().decode(data)) as Readonly<Record<string, unknown>>;
  const viewer = record['viewer'] as { staff?: unknown; posts?: unknown } | undefined;
  const readId = text(record['readId']) ?? text(record['lookId']);
  const at = text(record['at']);
  if (readId === null || at === null || !viewer || !Array.isArray(viewer.posts)) {
    throw new RangeError('this is no record of a look');
  }
  return {
    readId,
    viewer: {
      staff: texts(viewer.staff),
      posts: (viewer.posts as Readonly<Record<string, unknown>>[]).map(({ organisation, service, role, team }) => ({
        organisation: text(organisation) ?? '',
        service: text(service) ?? '',
        role: text(role) ?? '',
        team: text(team),
      })),
    },
    at,
    handle: text(record['handle']),
    purpose: text(record['purpose']),
    references: texts(record['references']),
  };
};
