import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter } from '../http/http-adapter.js';
import { createLogger } from '../logging/logger.js';
import { PlatformModule } from '../platform.module.js';
import { Readiness } from './readiness.js';

describe('readiness', () => {
  it('counts a check that does not come back as failed', async () => {
    const readiness = new Readiness([{ name: 'event-store', check: () => new Promise(() => undefined) }], 10);
    expect(await readiness.missing()).toEqual(['event-store']);
  });

  it('is told to the public without the reason, draining included', async () => {
    const readiness = new Readiness([{ name: 'database', check: async () => true }]);
    @Module({
      imports: [
        PlatformModule.forRoot({
          logger: createLogger({ app: 'test', instance: 'a', level: 'error', write: () => undefined }),
          verifyAccessToken: () => Promise.reject(new Error('nobody comes in')),
          readiness,
        }),
      ],
    })
    class TestModule {}
    const app = await NestFactory.create<NestFastifyApplication>(TestModule, createHttpAdapter(), { logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const base = await app.getUrl();
      expect((await fetch(`${base}/health/ready`)).status).toBe(200);
      readiness.drain();
      const answer = await fetch(`${base}/health/ready`);
      expect(answer.status).toBe(503);
      expect(await answer.text()).not.toContain('drain');
      expect((await fetch(`${base}/health/live`)).status).toBe(200);
    } finally {
      await app.close();
    }
  });
});
