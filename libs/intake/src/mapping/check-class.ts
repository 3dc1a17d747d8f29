import {
  ArrayMaxSize,
  getMetadataStorage,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';
import type { QuarantineReason } from '../feed.js';
import { isInstant, isPartialDate } from './dates.js';
import { joinPath, safeName } from './paths.js';

export type Class<T extends object> = new () => T;

/** What is wrong with a field: where, and a code; never what stood there. */
export interface Problem {
  readonly field: string;
  readonly reason: QuarantineReason;
}
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Longest texts taken: a name or code, and a narrative. */
export const NAME = 256;
export const NARRATIVE = 20_000;
/** Most entries of a list within one record. */
export const LIST = 1000;

const together =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };

const satisfies = (name: string, test: (value: unknown) => boolean): PropertyDecorator =>
  ValidateBy({ name, validator: { validate: test } });

const nestedClasses = new Map<object, Map<string | symbol, () => Class<object>>>();
/** The class of the objects in a field, the field of a parent class included. */
const findNestedClass = (prototype: object | null, property: string): Class<object> | undefined =>
  prototype === null
    ? undefined
    : (nestedClasses.get(prototype)?.get(property)?.() ??
      findNestedClass(Object.getPrototypeOf(prototype) as object | null, property));
/** The class of the objects in a field, if it holds objects: what a published schema is made from. */
export const findFieldClass = (type: Class<object>, field: string): Class<object> | undefined =>
  findNestedClass(type.prototype as object, field);
const nested =
  (type: () => Class<object>): PropertyDecorator =>
  (target, property) => {
    const classes = nestedClasses.get(target) ?? new Map<string | symbol, () => Class<object>>();
    nestedClasses.set(target, classes.set(property, type));
  };

const isText = (value: unknown, test: (text: string) => boolean): boolean => typeof value === 'string' && test(value);

/** Text that must be there and say something. */
export const RequiredText = (max = NAME): PropertyDecorator =>
  together(
    satisfies(
      'isThere',
      (value) => value !== undefined && value !== null && !isText(value, (text) => text.trim() === ''),
    ),
    IsString(),
    MaxLength(max),
  );
export const OptionalText = (max = NAME): PropertyDecorator => together(IsOptional(), IsString(), MaxLength(max));
/** Text that may be missing but never blank, where a blank would mean more than was meant. */
export const OptionalName = (max = NAME): PropertyDecorator => together(IsOptional(), RequiredText(max));
export const OptionalTexts = (max = NAME): PropertyDecorator =>
  together(IsOptional(), IsArray(), ArrayMaxSize(LIST), IsString({ each: true }), MaxLength(max, { each: true }));
export const OptionalBoolean = (): PropertyDecorator => together(IsOptional(), IsBoolean());
export const OptionalCount = (): PropertyDecorator => together(IsOptional(), IsInt(), Min(0), Max(1_000_000));
export const OptionalYear = (): PropertyDecorator => together(IsOptional(), IsInt(), Min(1900), Max(2200));
export const OptionalOneOf = (values: readonly string[]): PropertyDecorator =>
  together(IsOptional(), IsString(), IsIn([...values]));
export const RequiredOneOf = (values: readonly string[]): PropertyDecorator =>
  together(RequiredText(), IsIn([...values]));
export const OptionalOnesOf = (values: readonly string[]): PropertyDecorator =>
  together(IsOptional(), IsArray(), ArrayMaxSize(LIST), IsIn([...values], { each: true }));

/** A number that is kept as text: a whole number, or a decimal as the text that was sent. */
export const OptionalDecimal = (): PropertyDecorator =>
  together(
    IsOptional(),
    satisfies('isDecimalText', (value) =>
      typeof value === 'number'
        ? Number.isSafeInteger(value) && value >= 0 && value < 1e6
        : isText(value, (text) => /^\d{1,6}(\.\d{1,12})?$/.test(text)),
    ),
  );

const Dated = satisfies('isDate', (value) => isText(value, (text) => isPartialDate(text) || isInstant(text)));
/** A full or partial date, or an instant with its offset. */
export const OptionalDate = (): PropertyDecorator => together(IsOptional(), Dated);
export const RequiredDate = (): PropertyDecorator => together(RequiredText(), Dated);
const Day = satisfies('isDate', (value) => isText(value, isPartialDate));
/** A full or partial date and nothing finer. */
export const OptionalDay = (): PropertyDecorator => together(IsOptional(), Day);
export const RequiredDay = (): PropertyDecorator => together(RequiredText(), Day);
/** A whole number written as text. */
export const OptionalDigits = (): PropertyDecorator =>
  together(
    IsOptional(),
    satisfies('isDigits', (value) => isText(value, (text) => /^\d{1,6}$/.test(text))),
  );
/** `true`, `false`, `1` or `0` as text. */
export const OptionalYesNo = (): PropertyDecorator =>
  together(
    IsOptional(),
    satisfies('isYesNo', (value) => isText(value, (text) => /^(true|false|1|0)$/i.test(text))),
  );
/** A version or a place in a sequence: a whole number, or a text. */
export const OptionalRank = (pattern = /^[^\s].{0,63}$/): PropertyDecorator =>
  together(
    IsOptional(),
    satisfies('isRank', (value) =>
      typeof value === 'number'
        ? Number.isSafeInteger(value) && value >= 0
        : isText(value, (text) => pattern.test(text)),
    ),
  );

export const OptionalObject = (type: () => Class<object>): PropertyDecorator =>
  together(
    IsOptional(),
    satisfies('isPlainObject', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
    nested(type),
    ValidateNested(),
  );
export const OptionalList = (type: () => Class<object>): PropertyDecorator =>
  together(IsOptional(), IsArray(), ArrayMaxSize(LIST), nested(type), ValidateNested({ each: true }));

/** Constraints by name, the most telling first. */
const REASONS: readonly (readonly [constraint: string, reason: QuarantineReason])[] = [
  ['isThere', 'missing'],
  ['isString', 'not-text'],
  ['isPlainObject', 'not-an-object'],
  ['isArray', 'not-a-list'],
  ['arrayMaxSize', 'too-large'],
  ['nestedValidation', 'not-an-object'],
  ['isBoolean', 'not-true-or-false'],
  ['isYesNo', 'not-true-or-false'],
  ['isInt', 'not-a-number'],
  ['isDigits', 'not-a-number'],
  ['isDecimalText', 'not-a-number'],
  ['maxLength', 'too-long'],
  ['isDate', 'not-a-date'],
];

const reasonOf = (constraints: Readonly<Record<string, string>>): QuarantineReason =>
  REASONS.find(([name]) => name in constraints)?.[1] ?? 'not-allowed';

const propertiesOf = (type: Class<object>): ReadonlySet<string> =>
  new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(type, '', false, false)
      .map(({ propertyName }) => propertyName),
  );
const known = new Map<Class<object>, ReadonlySet<string>>();
/** The fields that a class describes. */
export const fieldsOf = (type: Class<object>): ReadonlySet<string> => {
  let fields = known.get(type);
  if (!fields) known.set(type, (fields = propertiesOf(type)));
  return fields;
};

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Copies the fields that the class knows, own ones only, and names the others: no key of a sender ever becomes
 * one.
 */
const instantiate = <T extends object>(
  type: Class<T>,
  plain: Record<string, unknown>,
  path: string,
  problems: Problem[],
): T => {
  const fields = fieldsOf(type);
  const instance = new type() as Record<string, unknown>;
  for (const [name, value] of Object.entries(plain)) {
    if (!fields.has(name)) {
      problems.push({ field: joinPath(path, safeName(name)), reason: 'unknown-field' });
      continue;
    }
    const field = joinPath(path, name);
    if (Array.isArray(value) && value.length > LIST) {
      problems.push({ field, reason: 'too-large' });
      continue;
    }
    const inner = findNestedClass(type.prototype as object, name);
    const make = (one: unknown, place: string): unknown =>
      inner && isPlainObject(one) ? instantiate(inner, one, place, problems) : one;
    instance[name] = Array.isArray(value) ? value.map((one, i) => make(one, `${field}[${i}]`)) : make(value, field);
  }
  return instance as T;
};

type NestedError = Omit<ValidationError, 'property'> & { readonly property: string | undefined };

const collect = (errors: readonly ValidationError[], path: string, problems: Problem[]): void => {
  for (const { property, constraints, children } of errors as readonly NestedError[]) {
    // A list within a list: nothing there is an object of a known class.
    if (property === undefined) {
      problems.push({ field: path, reason: 'not-an-object' });
      continue;
    }
    const field = joinPath(path, /^\d+$/.test(property) ? `[${property}]` : property);
    if (constraints) problems.push({ field, reason: reasonOf(constraints) });
    if (children) collect(children, field, problems);
  }
};

/**
 * Checks a part of a document against a class-validator class. Fields that the class does not know are a problem,
 * `null` and absent are both "not given", and every problem is named by its place, in the order of the paths.
 */
export const checkClass = <T extends object>(type: Class<T>, plain: unknown, path: string): Checked<T> => {
  if (plain === undefined || plain === null) return { ok: false, problems: [{ field: path, reason: 'missing' }] };
  if (!isPlainObject(plain)) return { ok: false, problems: [{ field: path, reason: 'not-an-object' }] };
  const problems: Problem[] = [];
  const value = instantiate(type, plain, path, problems);
  collect(
    validateSync(value, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
    }),
    path,
    problems,
  );
  problems.sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0));
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
};

/** A plain copy of an instance, without what was not given: `null` stays `null`. */
export const plainOf = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === undefined ? [] : [[name, deepPlain(field)] as [string, unknown]],
    ),
  );
const deepPlain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(deepPlain) : typeof value === 'object' && value !== null ? plainOf(value) : value;
