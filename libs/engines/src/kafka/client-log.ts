import kafkajs, { type logCreator } from 'kafkajs';

/** The same line is said again after this long. */
const AGAIN_MS = 10_000;

/**
 * A log of codes: `kafka-connection-error`. What the client says in words may hold keys, and addresses; which part of
 * it spoke, and how gravely, says enough. A line that repeats itself, as in an outage, is said once in ten seconds.
 */
export const createCodeLog = (log: (line: string) => void): ((line: string) => void) => {
  const saidAt = new Map<string, number>();
  return (line) => {
    const now = Date.now();
    if (now - (saidAt.get(line) ?? -Infinity) < AGAIN_MS) return;
    saidAt.set(line, now);
    log(line);
  };
};

/** Words that the client says at every start, and that mean nothing here. */
const NEEDLESS = /^Limiting retries for the idempotent producer/;

const kebab = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();

export const clientLog =
  (log: (line: string) => void): logCreator =>
  () =>
  ({ namespace, level, log: { message } }) => {
    if (NEEDLESS.test(message)) return;
    const part = kebab(namespace.replace(/[^A-Za-z].*$/, '')) || 'client';
    log(`kafka-${part}-${level === kafkajs.logLevel.ERROR ? 'error' : 'warning'}`);
  };
