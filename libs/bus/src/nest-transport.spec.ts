import 'reflect-metadata';
import { Catch, Controller, Module, UseFilters, type RpcExceptionFilter, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { EMPTY, of, throwError, type Observable } from 'rxjs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, BusMessage } from './bus.js';
import { createInProcessBus } from './in-process-bus.js';
import { BusTransport } from './nest-transport.js';

const handled: string[] = [];
let failures = 0;
let begun = 0;
let gate: Promise<void> = Promise.resolve();

const keysOf = (messages: readonly BusMessage[]): string => messages.map(({ key }) => key).join(' ');

/** Nest's own answer logs every failure; here they are planned. */
@Catch()
class Quiet implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

@Controller()
@UseFilters(Quiet)
class Filing {
  @EventPattern('contributions')
  async file(messages: readonly BusMessage[]): Promise<void> {
    begun += 1;
    await gate;
    if (failures > 0) {
      failures -= 1;
      throw new Error('planned');
    }
    handled.push(`promise ${keysOf(messages)}`);
  }

  @EventPattern('streams')
  stream(messages: readonly BusMessage[]): Observable<string> {
    if (failures > 0) {
      failures -= 1;
      return throwError(() => new Error('planned'));
    }
    handled.push(`stream ${keysOf(messages)}`);
    return of('one', 'two');
  }

  @EventPattern('empty')
  empty(messages: readonly BusMessage[]): Observable<never> {
    handled.push(`empty ${keysOf(messages)}`);
    return EMPTY;
  }
}

@Controller()
class Second {
  @EventPattern('contributions')
  file(messages: readonly BusMessage[]): void {
    handled.push(`second ${keysOf(messages)}`);
  }
}

@Controller()
class Answering {
  @MessagePattern('questions')
  answer(): string {
    return 'yes';
  }
}

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let i = 0; !isTrue(); i += 1) {
    if (i > 5000) throw new Error('what the test waits for did not happen');
    await delay(1);
  }
};

const message = (key: string): BusMessage => ({ key, value: new Uint8Array([1]), headers: {} });

describe('BusTransport', () => {
  let bus: Bus;

  const serve = async (...controllers: Type[]) => {
    class Service {}
    Module({ controllers })(Service);
    const strategy = new BusTransport({ bus, group: 'timeline', batchSize: 10 });
    return NestFactory.createMicroservice(Service, { strategy, logger: false });
  };

  beforeEach(() => {
    bus = createInProcessBus({ firstBackOff: 1 });
    handled.length = 0;
    failures = 0;
    begun = 0;
    gate = Promise.resolve();
  });

  afterEach(() => bus.close());

  it('serves event patterns with batches', async () => {
    const service = await serve(Filing);
    await bus.publish('contributions', [message('a'), message('a'), message('a')]);
    await service.listen();
    await until(() => handled.length > 0);
    await bus.publish('streams', [message('b')]);
    await bus.publish('empty', [message('c')]);
    await until(() => handled.length === 3);
    await delay(20);
    expect(handled).toEqual(['promise a a a', 'stream b', 'empty c']);
    expect(service.unwrap()).toBe(bus);
    await service.close();
  });

  it.each(['contributions', 'streams'])('has a batch of %s delivered again when its handler fails', async (topic) => {
    const service = await serve(Filing);
    await service.listen();
    failures = 3;
    await bus.publish(topic, [message('a'), message('a')]);
    await until(() => handled.length > 0);
    await delay(20);
    expect(handled).toEqual([`${topic === 'streams' ? 'stream' : 'promise'} a a`]);
    expect(failures).toBe(0);
    await service.close();
  });

  it('delivers again to every handler of a pattern when one of them fails', async () => {
    const service = await serve(Filing, Second);
    await service.listen();
    failures = 1;
    await bus.publish('contributions', [message('a')]);
    await until(() => handled.length === 3);
    await delay(20);
    expect(handled.toSorted()).toEqual(['promise a', 'second a', 'second a']);
    await service.close();
  });

  it('ends the batch in hand when it closes, and begins no other', async () => {
    const service = await serve(Filing);
    await service.listen();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    await bus.publish('contributions', [message('a')]);
    await until(() => begun === 1);
    const closing = service.close();
    await bus.publish('contributions', [message('b')]);
    await delay(5);
    expect(handled).toEqual([]);
    resolve();
    await closing;
    await delay(5);
    expect(handled).toEqual(['promise a']);
  });

  it('does not start with a handler that answers', async () => {
    const service = await serve(Answering);
    await expect(service.listen()).rejects.toMatchObject({ name: 'BusError', type: 'invalid' });
    await service.close();
  });

  it('does not start over a closed bus', async () => {
    const service = await serve(Filing);
    await bus.close();
    await expect(service.listen()).rejects.toMatchObject({ name: 'BusError', type: 'closed' });
    await service.close();
  });
});
