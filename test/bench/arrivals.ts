import { createHash } from 'node:crypto';
import type { BusMessage } from '#bus';

const digestOf = ({ key, value, headers }: BusMessage): string =>
  createHash('sha256')
    .update(JSON.stringify([key, Object.entries(headers).sort()]))
    .update(value)
    .digest('hex');

/** Digests of messages, of each key in the order in which they were sent or came. */
export class Arrivals {
  count = 0;
  readonly byKey = new Map<string, string[]>();

  note(messages: readonly BusMessage[]): void {
    for (const message of messages) {
      const digests = this.byKey.get(message.key);
      if (digests) digests.push(digestOf(message));
      else this.byKey.set(message.key, [digestOf(message)]);
      this.count += 1;
    }
  }
}

/** In what the messages that arrived differ from those that were sent: in number, in content, or in the order of a key. */
export const differences = (topic: string, sent: Arrivals, arrived: Arrivals): string[] => {
  const wrong = [...sent.byKey].filter(([key, digests]) => digests.join() !== arrived.byKey.get(key)?.join());
  const strange = [...arrived.byKey.keys()].filter((key) => !sent.byKey.has(key));
  const keys = wrong.length + strange.length;
  return [
    ...(sent.count === arrived.count ? [] : [`${topic}: ${arrived.count} messages of ${sent.count} came`]),
    ...(keys === 0 ? [] : [`${topic}: the messages of ${keys} keys are not as they were sent`]),
  ];
};
