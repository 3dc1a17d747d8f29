import {
  datedItems,
  occurredOn,
  OptionalDate,
  OptionalList,
  OptionalText,
  OptionalTexts,
  recordKind,
  StatusAndPlan,
} from '#intake';

class ChildrensServicesPayload {
  @OptionalText() keyWorker?: string | null;
  @OptionalTexts() dutyContactDetails?: string[] | null;
  @OptionalTexts() teamInvolvement?: string[] | null;
  @OptionalList(() => StatusAndPlan) cscActiveStatusesAndPlans?: StatusAndPlan[] | null;
}

class ChildrensServicesReferral {
  @OptionalDate() date?: string | null;
  @OptionalText() type?: string | null;
}

/** What children's social care holds about a child, in the shape of the prototype. */
export const childrensServicesDetails = recordKind<ChildrensServicesPayload>({
  recordType: 'childrens-services.details',
  type: 'childrens-services-status',
  payload: ChildrensServicesPayload,
  body: (payload) => ({
    keyWorker: payload.keyWorker,
    dutyContacts: payload.dutyContactDetails,
    teams: payload.teamInvolvement,
    statusesAndPlans: payload.cscActiveStatusesAndPlans,
  }),
  dated: [
    datedItems<ChildrensServicesReferral>({
      field: 'childrensServicesReferrals',
      type: 'referral',
      item: ChildrensServicesReferral,
      key: ({ date, type }) => [date, type],
      occurred: ({ date }) => occurredOn(date),
      body: ({ type }) => ({ referralType: type }),
    }),
  ],
});
