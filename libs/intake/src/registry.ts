import { readFile } from 'node:fs/promises';

/** An organisation that takes part. `desk` is what a notice of involvement may say: whom to ring. */
export interface Organisation {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly desk: string;
  /** Its people of the role `auditor` may replay what was read, of every organisation. */
  readonly audits: boolean;
  /** Services of its front door: their people may open a contact about a child. */
  readonly frontDoor: readonly string[];
  /** Services of unscheduled care: their people may open an encounter with a child. */
  readonly unscheduled: readonly string[];
  /** Of the relations of its people that were used, how many of a hundred its reviewers look at. */
  readonly relationReviews: RelationReviews;
}

/** Parts of a hundred. */
export interface RelationReviews {
  /** Of relations on a person's own word. */
  readonly asserted: number;
  /** Of those that need no word from outside. */
  readonly others: number;
}

/** Where an organisation says nothing else. */
const RELATION_REVIEWS: RelationReviews = { asserted: 25, others: 5 };

/** What one connector may do on one feed. */
export interface FeedRegistration {
  readonly feed: string;
  /** Service of the organisation whose records these are. */
  readonly service: string;
  /** Organisation codes that documents of this connector may carry. */
  readonly codes: readonly string[];
  /** Kinds of identifier this feed is authoritative (traced) for. */
  readonly authoritativeFor: readonly ('nhs-number' | 'upn')[];
}

/** An OAuth client that an organisation's system signs in as. */
export interface Connector {
  readonly clientId: string;
  readonly organisation: string;
  readonly feeds: readonly FeedRegistration[];
}

export interface Registry {
  readonly organisations: readonly Organisation[];
  readonly connectors: readonly Connector[];
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Checks the registry's JSON. Throws an Error that names the place of the first thing wrong, never its value. */
export const parseRegistry = (json: unknown): Registry => {
  const fail = (place: string, what: string): never => {
    throw new Error(`registry: ${place}: ${what}`);
  };
  const text = (value: unknown, place: string): string => (isText(value) ? value : fail(place, 'text is missing'));
  const percent = (value: unknown, otherwise: number, place: string): number => {
    if (value === undefined) return otherwise;
    const isPercent = typeof value === 'number' && value >= 0 && value <= 100;
    return isPercent ? value : fail(place, 'is no number from 0 to 100');
  };
  const root = record(json);
  const organisations = list(root['organisations']).map((value, i) => {
    const place = `organisations[${i}]`;
    const o = record(value);
    const reviews = record(o['relationReviews']);
    return {
      id: text(o['id'], `${place}.id`),
      kind: text(o['kind'], `${place}.kind`),
      name: text(o['name'], `${place}.name`),
      desk: text(o['desk'], `${place}.desk`),
      audits: o['audits'] === true,
      frontDoor: list(o['frontDoor']).map((service, j) => text(service, `${place}.frontDoor[${j}]`)),
      unscheduled: list(o['unscheduled']).map((service, j) => text(service, `${place}.unscheduled[${j}]`)),
      relationReviews: {
        asserted: percent(reviews['asserted'], RELATION_REVIEWS.asserted, `${place}.relationReviews.asserted`),
        others: percent(reviews['others'], RELATION_REVIEWS.others, `${place}.relationReviews.others`),
      },
    };
  });
  const ids = new Set(organisations.map((o) => o.id));
  if (ids.size !== organisations.length) fail('organisations', 'an id is there twice');
  const connectors = list(root['connectors']).map((value, i) => {
    const place = `connectors[${i}]`;
    const c = record(value);
    const organisation = text(c['organisation'], `${place}.organisation`);
    if (!ids.has(organisation)) fail(`${place}.organisation`, 'names no organisation of this registry');
    return {
      clientId: text(c['clientId'], `${place}.clientId`),
      organisation,
      feeds: list(c['feeds']).map((entry, j) => {
        const f = record(entry);
        return {
          feed: text(f['feed'], `${place}.feeds[${j}].feed`),
          service: text(f['service'], `${place}.feeds[${j}].service`),
          codes: list(f['codes']).map((code, k) => text(code, `${place}.feeds[${j}].codes[${k}]`)),
          authoritativeFor: list(f['authoritativeFor']).map((kind, k) =>
            kind === 'nhs-number' || kind === 'upn'
              ? kind
              : fail(`${place}.feeds[${j}].authoritativeFor[${k}]`, 'is no kind of identifier'),
          ),
        };
      }),
    };
  });
  if (new Set(connectors.map((c) => c.clientId)).size !== connectors.length) {
    fail('connectors', 'a clientId is there twice');
  }
  return { organisations, connectors };
};

export const readRegistry = async (file: string): Promise<Registry> =>
  parseRegistry(JSON.parse(await readFile(file, 'utf8')));
