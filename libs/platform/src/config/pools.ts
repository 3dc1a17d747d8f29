/**
 * Connections that one process of each app holds at most, by what they are for. PostgreSQL takes 100 of old, three of
 * them kept for its owner: two processes of every app, and a command beside them, fit.
 * `store` is what a store of events in PostgreSQL takes: two for reads, one that appends, one that listens.
 */
export const POOLS = {
  adapter: { inbox: 4, relay: 1 },
  timeline: { clock: 1, store: 3 },
  sharing: { sharing: 6, relay: 1, store: 4 },
  audit: { audit: 2, store: 3 },
  web: { web: 3 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;
