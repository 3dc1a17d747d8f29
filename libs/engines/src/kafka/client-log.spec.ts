import { jest } from '@jest/globals';
import kafkajs, { type LogEntry } from 'kafkajs';
import { clientLog, createCodeLog } from './client-log.js';

const entry = (namespace: string, level: number, message: string): LogEntry => ({
  namespace,
  level,
  label: '',
  log: { timestamp: '', message },
});

describe('what the client says', () => {
  const { ERROR, WARN } = kafkajs.logLevel;

  it('is logged as a code, without its words', () => {
    const lines: string[] = [];
    const log = clientLog((line) => lines.push(line))(WARN);
    log(entry('ConsumerGroup', ERROR, 'key-of-a-child'));
    log(entry('Connection', WARN, 'key-of-a-child'));
    log(entry('Fetcher 1', WARN, 'key-of-a-child'));
    log(entry('', ERROR, 'key-of-a-child'));
    log(entry('Producer', WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees'));
    expect(lines).toEqual([
      'kafka-consumer-group-error',
      'kafka-connection-warning',
      'kafka-fetcher-warning',
      'kafka-client-error',
    ]);
  });

  it('is said once in ten seconds, line by line', () => {
    jest.useFakeTimers();
    try {
      const lines: string[] = [];
      const log = createCodeLog((line) => lines.push(line));
      for (const line of ['a', 'a', 'b', 'a']) log(line);
      jest.advanceTimersByTime(10_000);
      log('a');
      expect(lines).toEqual(['a', 'b', 'a']);
    } finally {
      jest.useRealTimers();
    }
  });
});
