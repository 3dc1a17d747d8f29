import {
  Body,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Param,
  ParseIntPipe,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AgencyRecord, ChronologyEntry } from './entities.js';
import { EducationRecordDto, HealthRecordDto, PoliceRecordDto, SocialCareRecordDto } from './record.dto.js';

@Controller('feeds')
export class RecordsController {
  constructor(@InjectRepository(AgencyRecord) private readonly records: Repository<AgencyRecord>) {}

  @Post('police-records/submissions')
  police(@Body() record: PoliceRecordDto): Promise<AgencyRecord> {
    return this.records.save(this.records.create(record));
  }

  @Post('health-records/submissions')
  health(@Body() record: HealthRecordDto): Promise<AgencyRecord> {
    return this.records.save(this.records.create(record));
  }

  @Post('education-records/submissions')
  education(@Body() record: EducationRecordDto): Promise<AgencyRecord> {
    return this.records.save(this.records.create(record));
  }

  @Post('social-care-records/submissions')
  socialCare(@Body() record: SocialCareRecordDto): Promise<AgencyRecord> {
    return this.records.save(this.records.create(record));
  }
}

@Controller('children')
@UseInterceptors(ClassSerializerInterceptor)
export class ChronologyController {
  constructor(@InjectRepository(ChronologyEntry) private readonly entries: Repository<ChronologyEntry>) {}

  @Get(':childId/chronology')
  chronology(
    @Param('childId', ParseIntPipe) childId: number,
    @Query('limit', ParseIntPipe) limit: number,
  ): Promise<ChronologyEntry[]> {
    return this.entries.find({ where: { childId }, order: { place: 'ASC' }, take: limit });
  }
}

@Controller('health')
export class HealthController {
  @Get('ready')
  ready(): { status: string } {
    return { status: 'ok' };
  }
}
