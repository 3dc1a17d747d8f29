import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Address, Contact, Identifiers, Marks, Nullable, PartialDate, RecordLink } from '../shapes.js';

const RelatedPerson = Type.Object(
  {
    relationship: Type.Optional(Nullable(Type.String())),
    name: Type.Optional(Nullable(Type.String())),
    birthDate: Type.Optional(Nullable(PartialDate)),
    risk: Type.Optional(Nullable(Type.Array(Type.String()))),
    servicesKnownTo: Type.Optional(Nullable(Type.Array(Type.String()))),
  },
  { additionalProperties: false },
);

/**
 * Who the child is, as one organisation has it. Names, sex and identifiers are compared; what is shown stands in
 * content.
 */
export const PersonalDetails = defineEventType({
  type: 'personal-details',
  title: 'Personal details',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      givenName: Type.Optional(Nullable(Type.String())),
      familyName: Type.Optional(Nullable(Type.String())),
      /** As the source writes it, a code or a word. */
      sex: Type.Optional(Nullable(Type.String())),
      /** A number that was replaced: kept, never matched on. */
      formerUpn: Type.Optional(Nullable(Type.String())),
      birthDate: Type.Optional(Nullable(PartialDate)),
      /** Of a child not yet born. */
      expectedBirthDate: Type.Optional(Nullable(PartialDate)),
      recordedName: Type.Optional(Nullable(Type.String())),
      recordedBirthDate: Type.Optional(Nullable(PartialDate)),
      recordedSex: Type.Optional(Nullable(Type.String())),
      pronouns: Type.Optional(Nullable(Type.String())),
      ethnicity: Type.Optional(Nullable(Type.String())),
      firstLanguage: Type.Optional(Nullable(Type.String())),
      designatedLocalAuthority: Type.Optional(Nullable(Type.String())),
      englishAsAdditionalLanguage: Type.Optional(Nullable(Type.Boolean())),
      interpreter: Type.Optional(Nullable(Type.Boolean())),
      braille: Type.Optional(Nullable(Type.Boolean())),
      signLanguage: Type.Optional(Nullable(Type.Boolean())),
      makaton: Type.Optional(Nullable(Type.Boolean())),
      /** Codes of the children-in-need census. */
      disabilities: Type.Optional(Nullable(Type.Array(Type.String()))),
      /** Why there is no UPN: a code of the children-in-need census. */
      upnUnknown: Type.Optional(Nullable(Type.String())),
      /** Names of those who live at the child's main address. */
      residents: Type.Optional(Nullable(Type.Array(Type.String()))),
      /** With risk markers, a weapon marker among them: special wherever they come from. */
      relatedPeople: Type.Optional(Nullable(Type.Array(RelatedPerson))),
      /** Whom to ring about this record: desks, never a person at home. */
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
      homeAddress: Type.Optional(Nullable(Address)),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    givenName: { part: 'identity', about: 'child' },
    familyName: { part: 'identity', about: 'child' },
    sex: { part: 'identity', about: 'child' },
    formerUpn: { part: 'identity', about: 'child' },
    birthDate: { part: 'terms', about: 'child' },
    expectedBirthDate: { part: 'terms', about: 'child' },
    recordedName: { part: 'content', about: 'child' },
    recordedBirthDate: { part: 'content', about: 'child' },
    recordedSex: { part: 'content', about: 'child' },
    pronouns: { part: 'content', about: 'child' },
    ethnicity: { part: 'content', about: 'child', tierFloor: 'special' },
    firstLanguage: { part: 'content', about: 'child' },
    designatedLocalAuthority: { part: 'content', about: 'child' },
    englishAsAdditionalLanguage: { part: 'content', about: 'child' },
    interpreter: { part: 'content', about: 'child' },
    braille: { part: 'content', about: 'child', tierFloor: 'special' },
    signLanguage: { part: 'content', about: 'child', tierFloor: 'special' },
    makaton: { part: 'content', about: 'child', tierFloor: 'special' },
    disabilities: { part: 'content', about: 'child', tierFloor: 'special' },
    upnUnknown: { part: 'content', about: 'child' },
    residents: { part: 'content', about: 'household-adult' },
    relatedPeople: { part: 'content', about: 'carer', tierFloor: 'special' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
    homeAddress: { part: 'location', about: 'child' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    givenName: 'Kai',
    familyName: 'Reed',
    sex: 'Female',
    formerUpn: null,
    birthDate: '2017-03-04',
    expectedBirthDate: null,
    recordedName: 'Kai Reed',
    recordedBirthDate: '2017-03-04',
    recordedSex: 'Female',
    pronouns: null,
    ethnicity: null,
    firstLanguage: 'English',
    designatedLocalAuthority: null,
    englishAsAdditionalLanguage: false,
    interpreter: null,
    braille: null,
    signLanguage: true,
    makaton: null,
    disabilities: null,
    upnUnknown: null,
    residents: ['Sam Reed'],
    relatedPeople: [{ relationship: 'Father', name: 'Sam Reed', birthDate: '1988-11', risk: ['May possess a weapon'] }],
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
    homeAddress: { line1: '1 Long Lane', townOrCity: 'Wexton', postcode: 'ZZ99 3WZ' },
    marks: [],
  },
});
