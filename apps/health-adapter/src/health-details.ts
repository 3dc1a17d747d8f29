import {
  datedItems,
  NARRATIVE,
  occurredOn,
  OptionalDate,
  OptionalList,
  OptionalObject,
  OptionalText,
  OptionalTexts,
  PostalAddress,
  recordKind,
  StatusAndPlan,
} from '#intake';

class HealthPayload {
  @OptionalText() registeredGPName?: string | null;
  @OptionalText() registeredGPSurgery?: string | null;
  /** The same, as the prototype's own stubs spell it. */
  @OptionalText() RegisteredGPSurgery?: string | null;
  @OptionalObject(() => PostalAddress) gpAddress?: PostalAddress | null;
  @OptionalText() gpTelephone?: string | null;
  @OptionalTexts() camhsContactDetails?: string[] | null;
  @OptionalTexts() camhsTeamInvolvement?: string[] | null;
  @OptionalList(() => StatusAndPlan) healthActiveStatusesAndPlans?: StatusAndPlan[] | null;
}

class MissedAppointment {
  @OptionalDate() date?: string | null;
  @OptionalText() setting?: string | null;
  @OptionalText(NARRATIVE) reason?: string | null;
}

class EmergencyAttendance {
  @OptionalDate() date?: string | null;
  @OptionalText(NARRATIVE) reason?: string | null;
}

/** What a health organisation holds about a child. */
export const healthDetails = recordKind<HealthPayload>({
  recordType: 'health.details',
  type: 'health-status',
  payload: HealthPayload,
  body: (payload) => ({
    gpName: payload.registeredGPName,
    gpSurgery: payload.registeredGPSurgery ?? payload.RegisteredGPSurgery ?? payload.registeredGPSurgery,
    gpTelephone: payload.gpTelephone,
    gpAddress: payload.gpAddress,
    camhsContacts: payload.camhsContactDetails,
    camhsTeams: payload.camhsTeamInvolvement,
    statusesAndPlans: payload.healthActiveStatusesAndPlans,
  }),
  dated: [
    datedItems<MissedAppointment>({
      field: 'missedAppointments',
      type: 'missed-appointment',
      item: MissedAppointment,
      key: ({ date, setting }) => [date, setting],
      occurred: ({ date }) => occurredOn(date),
      body: ({ setting, reason }) => ({ setting, reason }),
    }),
    datedItems<EmergencyAttendance>({
      field: 'emergencyDepartmentAttendances',
      type: 'emergency-attendance',
      item: EmergencyAttendance,
      key: ({ date }) => [date],
      occurred: ({ date }) => occurredOn(date),
      body: ({ reason }) => ({ reason }),
    }),
  ],
});
