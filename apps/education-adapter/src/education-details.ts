import {
  datedItems,
  OptionalCount,
  OptionalDecimal,
  OptionalList,
  OptionalObject,
  OptionalText,
  OptionalYear,
  PostalAddress,
  recordKind,
  StatusAndPlan,
} from '#intake';
import type { Occurred } from '#contracts';

class EducationPayload {
  @OptionalText() educationSettingName?: string | null;
  @OptionalObject(() => PostalAddress) educationSettingAddress?: PostalAddress | null;
  @OptionalText() educationSettingTelephone?: string | null;
  @OptionalList(() => StatusAndPlan) educationActiveStatusesAndPlans?: StatusAndPlan[] | null;
}

class YearlyAttendance {
  @OptionalYear() academicTermYearStart?: number | null;
  @OptionalYear() academicTermYearEnd?: number | null;
  @OptionalDecimal() attendancePercentage?: number | string | null;
  @OptionalDecimal() unauthorisedAbsencePercentage?: number | string | null;
  @OptionalCount() suspensions?: number | null;
  @OptionalCount() exclusions?: number | null;
  @OptionalCount() schoolMovesNonTransitional?: number | null;
  @OptionalDecimal() schoolsAverageAttendance?: number | string | null;
}

type Given<T> = T | null | undefined;
const yearText = (year: Given<number>): string | undefined => (typeof year === 'number' ? String(year) : undefined);
const decimalText = (value: Given<number | string>): Given<string> =>
  typeof value === 'number' ? String(value) : value;

/** From the start year to the end year, as far as both are given. */
const schoolYear = (start: Given<number>, end: Given<number>): Occurred => {
  const from = yearText(start) ?? yearText(end);
  if (from === undefined) return { precision: 'unknown' };
  return { from, to: yearText(end) ?? from, precision: 'range' };
};

/** What a school or an education service holds about a child. */
export const educationDetails = recordKind<EducationPayload>({
  recordType: 'education.details',
  type: 'education-status',
  payload: EducationPayload,
  body: (payload) => ({
    settingName: payload.educationSettingName,
    settingTelephone: payload.educationSettingTelephone,
    settingAddress: payload.educationSettingAddress,
    statusesAndPlans: payload.educationActiveStatusesAndPlans,
  }),
  dated: [
    datedItems<YearlyAttendance>({
      field: 'yearlyEducationAttendances',
      type: 'attendance-year',
      item: YearlyAttendance,
      key: (year) => [yearText(year.academicTermYearStart), yearText(year.academicTermYearEnd)],
      occurred: (year) => schoolYear(year.academicTermYearStart, year.academicTermYearEnd),
      body: (year) => ({
        yearStart: year.academicTermYearStart,
        yearEnd: year.academicTermYearEnd,
        attendancePercentage: decimalText(year.attendancePercentage),
        unauthorisedAbsencePercentage: decimalText(year.unauthorisedAbsencePercentage),
        suspensions: year.suspensions,
        exclusions: year.exclusions,
        schoolMovesNonTransitional: year.schoolMovesNonTransitional,
        schoolsAverageAttendance: decimalText(year.schoolsAverageAttendance),
      }),
    }),
  ],
});
