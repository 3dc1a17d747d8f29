import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChronologyController, HealthController, RecordsController } from './controllers.js';
import { AgencyRecord, ChronologyEntry, Look } from './entities.js';

/**
 * The same two questions answered as the documentation of Nest and TypeORM shows: DTOs with class-validator behind a
 * ValidationPipe, `repository.save()`, `repository.find()` and the ClassSerializerInterceptor. Neither tokens are
 * checked nor is anything encrypted, decided or recorded.
 */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL']!,
      entities: [AgencyRecord, ChronologyEntry, Look],
      synchronize: true,
      installExtensions: false,
      retryAttempts: 0,
    }),
    TypeOrmModule.forFeature([AgencyRecord, ChronologyEntry]),
  ],
  controllers: [RecordsController, ChronologyController, HealthController],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
