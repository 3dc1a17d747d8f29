import {
  OptionalBoolean,
  OptionalDay,
  OptionalList,
  OptionalObject,
  OptionalText,
  OptionalTexts,
  plainOf,
} from './check-class.js';
import { PostalAddress } from './record-envelope.js';
import { recordKind } from './record-kind.js';

class RelatedPerson {
  @OptionalText() relationshipToTheChild?: string | null;
  @OptionalText() name?: string | null;
  @OptionalDay() dob?: string | null;
  @OptionalTexts(1000) risk?: string[] | null;
  @OptionalTexts() servicesKnownTo?: string[] | null;
}

class PersonalDetailsPayload {
  @OptionalText() firstName?: string | null;
  @OptionalText() lastName?: string | null;
  @OptionalDay() dateOfBirth?: string | null;
  @OptionalObject(() => PostalAddress) address?: PostalAddress | null;
  @OptionalTexts() namesOfIndividualsResidingAtMainAddress?: string[] | null;
  @OptionalText(64) birthAssignedSex?: string | null;
  @OptionalText(64) pronouns?: string | null;
  @OptionalText() ethnicity?: string | null;
  @OptionalText() firstLanguage?: string | null;
  @OptionalText() designatedLocalAuthority?: string | null;
  @OptionalBoolean() englishAsAdditionalLanguage?: boolean | null;
  @OptionalBoolean() braille?: boolean | null;
  @OptionalBoolean() signLanguage?: boolean | null;
  @OptionalBoolean() makaton?: boolean | null;
  @OptionalBoolean() interpreter?: boolean | null;
  @OptionalList(() => RelatedPerson) relatedPeople?: RelatedPerson[] | null;
}

const nameOf = ({ firstName, lastName }: PersonalDetailsPayload): string | null =>
  [firstName, lastName].filter((name) => typeof name === 'string' && name !== '').join(' ') || null;

/** The record kind that every agency of the prototype may send beside its own. */
export const personalDetails = recordKind<PersonalDetailsPayload>({
  recordType: 'personal.details',
  type: 'personal-details',
  payload: PersonalDetailsPayload,
  dated: [],
  body: (payload) => ({
    givenName: payload.firstName,
    familyName: payload.lastName,
    sex: payload.birthAssignedSex,
    birthDate: payload.dateOfBirth,
    recordedName: nameOf(payload),
    recordedBirthDate: payload.dateOfBirth,
    recordedSex: payload.birthAssignedSex,
    pronouns: payload.pronouns,
    ethnicity: payload.ethnicity,
    firstLanguage: payload.firstLanguage,
    designatedLocalAuthority: payload.designatedLocalAuthority,
    englishAsAdditionalLanguage: payload.englishAsAdditionalLanguage,
    interpreter: payload.interpreter,
    braille: payload.braille,
    signLanguage: payload.signLanguage,
    makaton: payload.makaton,
    residents: payload.namesOfIndividualsResidingAtMainAddress,
    relatedPeople:
      payload.relatedPeople?.map(({ relationshipToTheChild, dob, ...person }) => ({
        ...plainOf({ ...person, relationship: relationshipToTheChild, birthDate: dob }),
      })) ?? payload.relatedPeople,
    homeAddress: payload.address,
  }),
});
