import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { countBusBatches } from '#platform';
import { BusError, type Bus, type BusMessage, type BusSubscription } from './bus.js';

export interface BusTransportOptions {
  readonly bus: Bus;
  /** Consumer group of this microservice: its processes share the work. */
  readonly group: string;
  readonly batchSize: number;
}

/**
 * Serves `@EventPattern(topic)` handlers over the bus. A handler's payload is a batch (`readonly BusMessage[]`, all
 * keys of one partition); a rejection, also one that an exception filter passes on, has the batch delivered again.
 * Requests (`@MessagePattern`) are refused at start: nobody waits for an answer at the other end of a pipe.
 */
export class BusTransport extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private subscriptions: readonly BusSubscription[] = [];

  constructor(private readonly options: BusTransportOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.subscribe().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    const stopping = this.subscriptions.map((subscription) => subscription.stop());
    this.subscriptions = [];
    await Promise.all(stopping);
  }

  override on(): never {
    throw new BusError('invalid', 'this transport has no events of its own');
  }

  override unwrap<T>(): T {
    return this.options.bus as T;
  }

  private async subscribe(): Promise<void> {
    const handlers = [...this.messageHandlers];
    if (handlers.some(([, handler]) => !handler.isEventHandler)) {
      throw new BusError('invalid', 'this transport serves @EventPattern handlers only');
    }
    const { bus, group, batchSize } = this.options;
    for (const [topic, handler] of handlers) {
      const onBatch = (messages: readonly BusMessage[]): Promise<void> => this.hand(topic, handler, messages);
      this.subscriptions = [...this.subscriptions, await bus.consume({ topic, group, batchSize, onBatch })];
    }
  }

  /** Nest gives a failure back as a stream that errors: it counts only once that stream has ended. */
  private async hand(topic: string, handler: MessageHandler, messages: readonly BusMessage[]): Promise<void> {
    try {
      const result = this.transformToObservable(await handler(messages, new BaseRpcContext([topic])));
      await lastValueFrom(result, { defaultValue: undefined });
      countBusBatches({ direction: 'delivered', outcome: 'done' });
    } catch (error) {
      countBusBatches({ direction: 'delivered', outcome: 'failed' });
      throw error;
    }
  }
}
