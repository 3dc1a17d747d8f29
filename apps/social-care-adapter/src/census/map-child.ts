import type { Occurred } from '#contracts';
import {
  checkClass,
  classifyIdentifier,
  distinctKeys,
  fieldsOf,
  isPartialDate,
  occurredOn,
  plainOf,
  recordPath,
  safeName,
  type Class,
  type ContributionDraft,
  type FeedContext,
  type FeedItem,
  type Problem,
} from '#intake';
import {
  Assessment,
  ChildCharacteristics,
  ChildIdentifiers,
  ChildName,
  CinPlan,
  Death,
  InitialConference,
  PlanReview,
  ProtectionPlan,
  Referral,
  Section47,
} from './census-classes.js';
import { marksOf, type Lifespan } from './census-marks.js';
import { isLeaf, plainElement, type XmlElement } from './xml-element.js';

/** The source system of every reference that comes from a census. */
export const CENSUS_SYSTEM = 'cin-census';

const DETAILS = new Set([
  ...fieldsOf(Referral),
  ...fieldsOf(InitialConference),
  'Assessments',
  'CINPlanDates',
  'Section47',
  'ChildProtectionPlans',
]);
/** Elements that hold others, and the names of those. */
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  Child: new Set(['ChildIdentifiers', 'ChildCharacteristics', 'CINdetails']),
  ChildIdentifiers: new Set([...fieldsOf(ChildIdentifiers), ...fieldsOf(Death)]),
  ChildCharacteristics: fieldsOf(ChildCharacteristics),
  Disabilities: new Set(['Disability']),
  CINdetails: DETAILS,
  Assessments: fieldsOf(Assessment),
  FactorsIdentifiedAtAssessment: new Set(['AssessmentFactors']),
  CINPlanDates: fieldsOf(CinPlan),
  Section47: fieldsOf(Section47),
  ChildProtectionPlans: new Set([...fieldsOf(ProtectionPlan), 'Reviews']),
  Reviews: fieldsOf(PlanReview),
};
const REPEATED = new Set([
  'CINdetails',
  'Assessments',
  'CINPlanDates',
  'Section47',
  'ChildProtectionPlans',
  'CPPreviewDate',
]);
const LISTS = new Set(['Disability', 'AssessmentFactors']);

const knownBelow = (name: string): ReadonlySet<string> | undefined =>
  Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;

interface Placed {
  readonly path: string;
  readonly element: XmlElement;
}

/** The elements directly below with their places: those that may come several times are numbered from 0. */
const placedBelow = ({ path, element }: Placed): Placed[] => {
  const seen = new Map<string, number>();
  return element.children.map((child) => {
    const n = seen.get(child.name) ?? 0;
    seen.set(child.name, n + 1);
    const place = `${path}.${safeName(child.name)}`;
    return { path: REPEATED.has(child.name) ? `${place}[${n}]` : place, element: child };
  });
};
const below = (placed: Placed, name: string): Placed[] =>
  placedBelow(placed).filter(({ element }) => element.name === name);

const quarantined = ({ field, reason }: Problem, raw: unknown): FeedItem => ({ ok: false, field, reason, raw });

/** What belongs to no item: unknown elements, attributes, text where only elements belong. The rest is still read. */
const straysOf = (placed: Placed): FeedItem[] => {
  const { path, element } = placed;
  const known = knownBelow(element.name);
  const attributes = element.attributes ? [quarantined({ field: path, reason: 'unknown-field' }, element.name)] : [];
  if (!known) return attributes;
  const text = element.text.trim();
  return [
    ...attributes,
    ...(text === '' ? [] : [quarantined({ field: path, reason: 'invalid-text' }, text)]),
    ...placedBelow(placed).flatMap((child) =>
      known.has(child.element.name)
        ? straysOf(child)
        : [quarantined({ field: child.path, reason: 'unknown-field' }, plainElement(child.element, LISTS))],
    ),
  ];
};

/** `xs:date` may carry an offset, which means nothing for a day. */
const dayOnly = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})$/, '$1') : value;

/**
 * The fields of one class out of an element that may hold those of several; what is unknown is left to
 * `straysOf`.
 */
const readAs = <T extends object>(type: Class<T>, { path, element }: Placed) => {
  const known: XmlElement = {
    ...element,
    children: element.children
      .filter(({ name }) => fieldsOf(type).has(name))
      .map((child) => {
        const names = knownBelow(child.name);
        return names ? { ...child, children: child.children.filter(({ name }) => names.has(name)) } : child;
      }),
  };
  const plain = plainElement(known, LISTS);
  const values = typeof plain === 'object' && plain !== null ? plain : {};
  return checkClass(
    type,
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, dayOnly(value)])),
    path,
  );
};

/** An item of the census before its key is settled. */
interface Item {
  readonly path: string;
  readonly key: string;
  readonly ancestors: readonly string[];
  readonly content: {
    readonly type: string;
    readonly recordType: string;
    readonly occurred: Occurred;
    readonly ended?: string;
    readonly body: Record<string, unknown>;
  };
}
type Read = Item | FeedItem;
const isItem = (read: Read): read is Item => 'key' in read;

interface ItemKind<T extends object> {
  readonly item: Class<T>;
  readonly type: string;
  readonly recordType: string;
  readonly key: (item: T) => string;
  readonly ancestors?: (item: T) => readonly string[];
  readonly start: (item: T) => string;
  readonly end?: (item: T) => string | null | undefined;
  readonly body?: (item: T) => Record<string, unknown>;
}

const readItem = <T extends object>(kind: ItemKind<T>, placed: Placed, life: Lifespan): Read => {
  const checked = readAs(kind.item, placed);
  if (!checked.ok) return quarantined(checked.problems[0]!, plainElement(placed.element, LISTS));
  const start = kind.start(checked.value);
  const end = kind.end?.(checked.value);
  return {
    path: placed.path,
    key: kind.key(checked.value),
    ancestors: kind.ancestors?.(checked.value) ?? [],
    content: {
      type: kind.type,
      recordType: kind.recordType,
      occurred: occurredOn(start),
      ...(end ? { ended: end } : {}),
      body: { identifiers: [], ...plainOf(kind.body?.(checked.value) ?? {}), marks: marksOf(start, end, life) },
    },
  };
};

type Given<T> = T | null | undefined;
const yesNo = (text: Given<string>): Given<boolean> => (typeof text === 'string' ? /^(true|1)$/i.test(text) : text);

/** Adoption: with a closure's date beside it, the date of an adoption. */
const ADOPTED = 'RC1';
const closureReasons = (reason: Given<string>): Record<string, Given<string>> =>
  reason === undefined
    ? {}
    : reason === ADOPTED
      ? { closureReason: null, sealedClosureReason: reason }
      : { closureReason: reason, sealedClosureReason: null };

const REFERRAL: ItemKind<Referral> = {
  item: Referral,
  type: 'referral',
  recordType: 'CINdetails',
  key: (item) => recordPath('referral', item.CINreferralDate),
  start: (item) => item.CINreferralDate,
  end: (item) => item.CINclosureDate,
  body: (item) => ({
    source: item.ReferralSource,
    primaryNeed: item.PrimaryNeedCode,
    noFurtherAction: yesNo(item.ReferralNFA),
    ...closureReasons(item.ReasonForClosure),
  }),
};

const CONFERENCE: ItemKind<InitialConference> = {
  item: InitialConference,
  type: 'initial-conference',
  recordType: 'DateOfInitialCPC',
  key: (item) => recordPath('conference', item.DateOfInitialCPC),
  start: (item) => item.DateOfInitialCPC,
};

/** Of whom a factor speaks: in groups 1 to 6, B is a parent or carer and C another in the household. */
const factorsOf = (codes: readonly string[]): Record<string, string[]> => {
  const about = (letter: 'B' | 'C') => codes.filter((code) => new RegExp(`^[1-6]${letter}$`).test(code));
  const [carers, household] = [about('B'), about('C')];
  return {
    factorsOfChild: codes.filter((code) => !carers.includes(code) && !household.includes(code)),
    factorsOfCarers: carers,
    factorsOfHousehold: household,
  };
};

const ASSESSMENT: ItemKind<Assessment> = {
  item: Assessment,
  type: 'assessment',
  recordType: 'Assessments',
  key: (item) => recordPath('assessment', item.AssessmentActualStartDate),
  start: (item) => item.AssessmentActualStartDate,
  end: (item) => item.AssessmentAuthorisationDate,
  body: (item) => ({
    internalReviewDate: item.AssessmentInternalReviewDate,
    ...factorsOf(item.FactorsIdentifiedAtAssessment?.AssessmentFactors ?? []),
  }),
};

const CIN_PLAN: ItemKind<CinPlan> = {
  item: CinPlan,
  type: 'cin-plan',
  recordType: 'CINPlanDates',
  key: (item) => recordPath('cin-plan', item.CINPlanStartDate),
  start: (item) => item.CINPlanStartDate,
  end: (item) => item.CINPlanEndDate,
};

const SECTION_47: ItemKind<Section47> = {
  item: Section47,
  type: 'section-47-enquiry',
  recordType: 'Section47',
  key: (item) => recordPath('section-47', item.S47ActualStartDate),
  start: (item) => item.S47ActualStartDate,
  body: (item) => ({
    initialConferenceTarget: item.InitialCPCtarget,
    initialConferenceDate: item.DateOfInitialCPC,
    conferenceNotRequired: yesNo(item.ICPCnotRequired),
  }),
};

const PROTECTION_PLAN: ItemKind<ProtectionPlan> = {
  item: ProtectionPlan,
  type: 'protection-plan',
  recordType: 'ChildProtectionPlans',
  key: (item) => recordPath('plan', item.CPPstartDate),
  start: (item) => item.CPPstartDate,
  end: (item) => item.CPPendDate,
  body: (item) => ({
    initialCategory: item.InitialCategoryOfAbuse,
    latestCategory: item.LatestCategoryOfAbuse,
    previousPlans:
      typeof item.NumberOfPreviousCPP === 'string' ? Number(item.NumberOfPreviousCPP) : item.NumberOfPreviousCPP,
  }),
};

const reviewOf = (planStart: string | undefined): ItemKind<PlanReview> => ({
  item: PlanReview,
  type: 'protection-plan-review',
  recordType: 'CPPreviewDate',
  key: (item) => recordPath('plan', planStart ?? '', 'review', item.CPPreviewDate),
  ancestors: () => (planStart === undefined ? [] : [recordPath('plan', planStart)]),
  start: (item) => item.CPPreviewDate,
  body: () => ({ planStart: planStart ?? null }),
});

const DEATH: ItemKind<Death> = {
  item: Death,
  type: 'death',
  recordType: 'PersonDeathDate',
  key: () => 'death',
  start: (item) => item.PersonDeathDate,
};

/** One leaf as an item of its own: read with its parent's place, reported at its own. */
const leafItem = <T extends object>(kind: ItemKind<T>, leaf: Placed, life: Lifespan): Read => {
  const parent: Placed = {
    path: leaf.path.replace(/\.[^.]*$/, ''),
    element: { name: '', text: '', attributes: false, children: [leaf.element] },
  };
  const read = readItem(kind, parent, life);
  return isItem(read) ? { ...read, path: leaf.path } : { ...read, ...(read.ok ? {} : { field: leaf.path }) };
};

const textOf = (placed: Placed, name: string): string | undefined => {
  const [only, ...others] = below(placed, name);
  const text = only && others.length === 0 && isLeaf(only.element) ? only.element.text.trim() : '';
  return text === '' ? undefined : (dayOnly(text) as string);
};
const dateOf = (placed: Placed, name: string): string | undefined => {
  const text = textOf(placed, name);
  return text !== undefined && isPartialDate(text) ? text : undefined;
};

/** Conferences of a referral: its own date, and those of its section 47 enquiries that name another. */
const conferencesOf = (details: Placed): Placed[] => {
  const own = below(details, 'DateOfInitialCPC').filter(
    ({ element }) => !isLeaf(element) || element.text.trim() !== '',
  );
  const dates = new Set(own.map(({ element }) => dayOnly(element.text.trim())));
  const fromEnquiries = below(details, 'Section47').flatMap((enquiry) =>
    below(enquiry, 'DateOfInitialCPC').filter(() => {
      const date = dateOf(enquiry, 'DateOfInitialCPC');
      if (date === undefined || dates.has(date)) return false;
      dates.add(date);
      return true;
    }),
  );
  return [...own, ...fromEnquiries];
};

const reviewsOf = (plan: Placed, life: Lifespan): Read[] =>
  below(plan, 'Reviews')
    .flatMap((reviews) => below(reviews, 'CPPreviewDate'))
    .map((leaf) => leafItem(reviewOf(dateOf(plan, 'CPPstartDate')), leaf, life));

const detailsItems = (details: Placed, life: Lifespan): Read[] => [
  readItem(REFERRAL, details, life),
  ...conferencesOf(details).map((leaf) => leafItem(CONFERENCE, leaf, life)),
  ...below(details, 'Assessments').map((placed) => readItem(ASSESSMENT, placed, life)),
  ...below(details, 'CINPlanDates').map((placed) => readItem(CIN_PLAN, placed, life)),
  ...below(details, 'Section47').map((placed) => readItem(SECTION_47, placed, life)),
  ...below(details, 'ChildProtectionPlans').flatMap((placed) => [
    readItem(PROTECTION_PLAN, placed, life),
    ...reviewsOf(placed, life),
  ]),
];

/** `Sex` and the `GenderCurrent` that it replaced: both where they differ. */
const sexesOf = ({ Sex, GenderCurrent }: ChildIdentifiers): string | null =>
  [...new Set([Sex, GenderCurrent].filter((sex) => typeof sex === 'string'))].join(', ') || null;

const personalDetailsItem = (child: Placed, identifiers: Placed, life: Lifespan, context: FeedContext): Read => {
  const who = readAs(ChildIdentifiers, identifiers);
  const [characteristics] = below(child, 'ChildCharacteristics');
  const what = readAs(
    ChildCharacteristics,
    characteristics ?? {
      path: `${child.path}.ChildCharacteristics`,
      element: { name: '', text: '', attributes: false, children: [] },
    },
  );
  if (!who.ok || !what.ok) {
    const problem = [who, what].flatMap((checked) => (checked.ok ? [] : checked.problems))[0]!;
    const { children } = child.element;
    const raw = { ...child.element, children: children.filter(({ name }) => name !== 'CINdetails') };
    return quarantined(problem, plainElement(raw, LISTS));
  }
  const { UPN, FormerUPN, UPNunknown, PersonBirthDate, ExpectedPersonBirthDate, Sex, GenderCurrent } = who.value;
  const authoritative = context.authoritativeFor.includes('upn');
  return {
    path: child.path,
    key: 'child',
    ancestors: [],
    content: {
      type: 'personal-details',
      recordType: 'ChildIdentifiers',
      occurred: { precision: 'unknown' },
      body: plainOf({
        identifiers: UPN ? [classifyIdentifier('upn', UPN, { authoritative })] : [],
        sex: Sex ?? GenderCurrent,
        formerUpn: FormerUPN,
        birthDate: PersonBirthDate,
        expectedBirthDate: ExpectedPersonBirthDate,
        recordedBirthDate: PersonBirthDate,
        recordedSex: sexesOf(who.value),
        upnUnknown: UPNunknown,
        ethnicity: what.value.Ethnicity,
        disabilities: what.value.Disabilities?.Disability,
        marks: marksOf(PersonBirthDate, undefined, { extracted: life.extracted }),
      }),
    },
  };
};

/** Two items of one key are told apart by what they say, not by where they stand. */
const settle = (
  items: readonly Item[],
  child: ContributionDraft['subject'],
  extractedAt: string,
): Map<Item, ContributionDraft> => {
  const byContent = new Map(items.map((item) => [item.content, item]));
  const keys = distinctKeys([...byContent.keys()], (content) => byContent.get(content)!.key);
  return new Map(
    items.map((item) => [
      item,
      {
        ...item.content,
        subject: child,
        recordKey: keys.get(item.content)!,
        ancestors: item.ancestors,
        rank: { by: 'extract', value: extractedAt },
        about: 'child',
        regime: 'uk-gdpr',
      },
    ]),
  );
};

/**
 * The items of one child of the census: personal details, death, and for each referral the referral itself, its
 * conferences, assessments, plans, section 47 enquiries, protection plans and their reviews. What is impossible is
 * filed and marked. What cannot be read is kept in quarantine, item by item; without an id the whole child is.
 */
export const mapChild = (
  element: XmlElement,
  path: string,
  extractedAt: string,
  context: FeedContext,
): readonly FeedItem[] => {
  const child: Placed = { path, element };
  const [identifiers, ...others] = below(child, 'ChildIdentifiers');
  const raw = () => plainElement(element, LISTS);
  if (!identifiers || others.length > 0) {
    return [quarantined({ field: `${path}.ChildIdentifiers`, reason: identifiers ? 'not-allowed' : 'missing' }, raw())];
  }
  const name = readAs(ChildName, identifiers);
  if (!name.ok) return [quarantined(name.problems[0]!, raw())];
  const life: Lifespan = {
    birth: dateOf(identifiers, 'PersonBirthDate'),
    death: dateOf(identifiers, 'PersonDeathDate'),
    extracted: extractedAt.slice(0, 10),
  };
  const deaths = below(identifiers, 'PersonDeathDate').filter(
    (leaf) => !isLeaf(leaf.element) || leaf.element.text.trim() !== '',
  );
  const reads: Read[] = [
    personalDetailsItem(child, identifiers, life, context),
    ...deaths.map((leaf) => leafItem(DEATH, leaf, { ...life, death: undefined })),
    ...below(child, 'CINdetails').flatMap((details) => detailsItems(details, life)),
  ];
  const drafts = settle(
    reads.filter(isItem),
    { kind: 'child', system: CENSUS_SYSTEM, localId: name.value.LAchildID },
    extractedAt,
  );
  return [
    ...reads.map((read): FeedItem =>
      isItem(read) ? { ok: true, path: read.path, contributions: [drafts.get(read)!] } : read,
    ),
    ...straysOf(child),
  ];
};
