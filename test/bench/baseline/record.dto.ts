import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';

const EACH: ValidationOptions = { each: true };

export class StatusAndPlanDto {
  @IsOptional() @IsString() @MaxLength(1000) status?: string | null;
  @IsOptional() @IsString() @MaxLength(1000) plan?: string | null;
}

export class ContactDetailsDto {
  @IsOptional() @IsString() @MaxLength(256) name?: string | null;
  @IsOptional() @IsString() @MaxLength(256) telephone?: string | null;
  @IsOptional() @IsString() @MaxLength(256) email?: string | null;
}

export class RecordLinkDto {
  @IsOptional() @IsString() @MaxLength(2000) url?: string | null;
  @IsOptional() @IsString() @MaxLength(256) title?: string | null;
}

abstract class RecordDto {
  @IsString() @IsNotEmpty() @MaxLength(256) recordId!: string;
  @IsString() @IsNotEmpty() @MaxLength(64) personId!: string;
  @IsString() @MaxLength(64) version!: string;
  @IsString() @MaxLength(128) systemId!: string;
  @IsArray() @ValidateNested(EACH) @Type(() => ContactDetailsDto) contactDetails!: ContactDetailsDto[];
  @IsArray() @ValidateNested(EACH) @Type(() => RecordLinkDto) recordLink!: RecordLinkDto[];
}

export class PolicePayloadDto {
  @IsOptional() @IsString() @MaxLength(20_000) policeMarkerDetails?: string | null;
  @IsOptional() @IsArray() @IsString(EACH) servicesKnownTo?: string[] | null;
  @IsOptional() @IsBoolean() riskCriminalExploitation?: boolean | null;
  @IsOptional() @IsBoolean() riskGangsAndYouthViolence?: boolean | null;
  @IsArray() @ValidateNested(EACH) @Type(() => StatusAndPlanDto) crimeActiveStatusesAndPlans!: StatusAndPlanDto[];
}

export class PoliceRecordDto extends RecordDto {
  @IsIn(['crime-justice.details']) recordType!: string;
  @ValidateNested() @Type(() => PolicePayloadDto) payload!: PolicePayloadDto;
}

export class HealthPayloadDto {
  @IsOptional() @IsString() @MaxLength(256) registeredGPName?: string | null;
  @IsOptional() @IsArray() @IsString(EACH) camhsTeamInvolvement?: string[] | null;
  @IsArray() @ValidateNested(EACH) @Type(() => StatusAndPlanDto) healthActiveStatusesAndPlans!: StatusAndPlanDto[];
}

export class HealthRecordDto extends RecordDto {
  @IsIn(['health.details']) recordType!: string;
  @ValidateNested() @Type(() => HealthPayloadDto) payload!: HealthPayloadDto;
}

export class EducationPayloadDto {
  @IsOptional() @IsString() @MaxLength(256) educationSettingName?: string | null;
  @IsOptional() @IsString() @MaxLength(256) educationSettingTelephone?: string | null;
  @IsArray() @ValidateNested(EACH) @Type(() => StatusAndPlanDto) educationActiveStatusesAndPlans!: StatusAndPlanDto[];
}

export class EducationRecordDto extends RecordDto {
  @IsIn(['education.details']) recordType!: string;
  @ValidateNested() @Type(() => EducationPayloadDto) payload!: EducationPayloadDto;
}

export class SocialCarePayloadDto {
  @IsOptional() @IsString() @MaxLength(256) keyWorker?: string | null;
  @IsOptional() @IsArray() @IsString(EACH) teamInvolvement?: string[] | null;
  @IsArray() @ValidateNested(EACH) @Type(() => StatusAndPlanDto) cscActiveStatusesAndPlans!: StatusAndPlanDto[];
}

export class SocialCareRecordDto extends RecordDto {
  @IsIn(['childrens-services.details']) recordType!: string;
  @ValidateNested() @Type(() => SocialCarePayloadDto) payload!: SocialCarePayloadDto;
}
