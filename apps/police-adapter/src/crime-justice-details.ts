import {
  OptionalBoolean,
  OptionalDate,
  OptionalList,
  OptionalText,
  OptionalTexts,
  RequiredDate,
  datedItems,
  NARRATIVE,
  occurredOn,
  recordKind,
  StatusAndPlan,
} from '#intake';

class CrimeJusticePayload {
  @OptionalText(NARRATIVE) policeMarkerDetails?: string | null;
  @OptionalTexts() servicesKnownTo?: string[] | null;
  @OptionalBoolean() riskSexualExploitation?: boolean | null;
  @OptionalBoolean() riskCriminalExploitation?: boolean | null;
  @OptionalBoolean() riskRadicalisation?: boolean | null;
  @OptionalBoolean() riskModernSlaveryAndTrafficking?: boolean | null;
  @OptionalBoolean() riskGangsAndYouthViolence?: boolean | null;
  @OptionalList(() => StatusAndPlan) crimeActiveStatusesAndPlans?: StatusAndPlan[] | null;
}

class MissingEpisode {
  @OptionalDate() date?: string | null;
  @OptionalBoolean() returnedHomeInterviewAttended?: boolean | null;
}

class PoliceProtectionEvent {
  @RequiredDate() date!: string;
}

/** What police and youth justice hold about a child. A risk that is `null` is not known, never absent. */
export const crimeJusticeDetails = recordKind<CrimeJusticePayload>({
  recordType: 'crime-justice.details',
  type: 'crime-justice-status',
  payload: CrimeJusticePayload,
  body: ({ crimeActiveStatusesAndPlans, ...payload }) => ({
    ...payload,
    statusesAndPlans: crimeActiveStatusesAndPlans,
  }),
  dated: [
    datedItems<MissingEpisode>({
      field: 'missingEpisodes',
      type: 'missing-episode',
      item: MissingEpisode,
      key: ({ date }) => [date],
      occurred: ({ date }) => occurredOn(date),
      body: (episode) => ({ returnHomeInterviewAttended: episode.returnedHomeInterviewAttended }),
    }),
    datedItems<PoliceProtectionEvent>({
      field: 'lastPoliceProtectionPowerEvent',
      single: 'date',
      type: 'police-protection',
      item: PoliceProtectionEvent,
      key: ({ date }) => [date],
      occurred: ({ date }) => occurredOn(date),
      body: () => ({}),
    }),
  ],
});
