import { checkVersion, type Expected } from './check-version.js';
import type { EventLog, ProposedEvent, RecordedEvent } from './event-log.js';

export interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
}

export type AppendAnswer =
  | { readonly answer: 'written'; readonly last: RecordedEvent | undefined }
  | { readonly answer: 'wrong-version'; readonly current: number | undefined };

const text = (value: string): Uint8Array => Buffer.from(value);
const everyNthAppendIsLinked = 3;
const everyNthAppendHasStatistics = 40;

/**
 * Decides appends in the order in which they come, and answers once they are on the disk; those that come while it
 * writes go together in the next write. Among the events of others it writes what a server with its projections running
 * writes by itself: links, and statistics.
 */
export class GroupCommit {
  private readonly log: EventLog;
  private readonly told: () => void;
  private queue: { readonly append: Append; readonly answer: (answer: AppendAnswer) => void }[] = [];
  private appends = 0;

  constructor(log: EventLog, told: () => void) {
    this.log = log;
    this.told = told;
    if (log.all.length === 0) this.begin();
  }

  append(append: Append): Promise<AppendAnswer> {
    return new Promise((answer) => {
      this.queue.push({ append, answer });
      if (this.queue.length === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const batch = this.queue;
    this.queue = [];
    const before = this.log.all.length;
    const answers = batch.map(({ append }) => this.decide(append));
    if (this.log.all.length > before) this.log.sync();
    batch.forEach(({ answer }, i) => answer(answers[i] as AppendAnswer));
    if (this.log.all.length > before) this.told();
  }

  private decide({ stream, expected, events }: Append): AppendAnswer {
    const verdict = checkVersion(this.log.stream(stream), expected, events);
    switch (verdict.verdict) {
      case 'wrong-version':
        return { answer: 'wrong-version', current: verdict.current };
      case 'repeated':
        return { answer: 'written', last: verdict.last };
      case 'write': {
        const last = this.log.add({ stream, events }).at(-1);
        if (!stream.startsWith('$')) this.addOwn(last);
        return { answer: 'written', last };
      }
    }
  }

  private begin(): void {
    this.addSystem('$$$scavenges', '$metadata', '{"$maxAge":2592000}');
    this.addSystem('$projections-$all', '$ProjectionsInitialized', '');
    this.addSystem('$projections-$all', '$ProjectionCreated', '$by_category');
    this.addSystem('$users', '$User', '"admin"');
    this.log.sync();
  }

  private addOwn(last: RecordedEvent | undefined): void {
    this.appends += 1;
    if (last && this.appends % everyNthAppendIsLinked === 0) {
      const category = last.stream.split('-')[0] ?? last.stream;
      this.addSystem(`$ce-${category}`, '$>', `${last.revision}@${last.stream}`);
    }
    if (this.appends % everyNthAppendHasStatistics === 1) {
      this.addSystem('$stats-127.0.0.1:2113', '$statsCollected', `{"appends":${this.appends}}`);
    }
  }

  private addSystem(stream: string, type: string, data: string): void {
    const contentType = type === '$>' ? 'application/octet-stream' : 'application/json';
    this.log.add({
      stream,
      events: [{ id: crypto.randomUUID(), type, contentType, data: text(data), metadata: new Uint8Array() }],
    });
  }
}
