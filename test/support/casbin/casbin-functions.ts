import type { CasbinRequest } from './casbin-request.js';

type Obj = CasbinRequest['obj'];
type Act = CasbinRequest['act'];
type Env = CasbinRequest['env'];
type Effect = 'allow' | 'deny';

/** What a field of a row says where anything will do. */
export const ANY = '*';
/** Whose record it is. */
export const OWN = 'own';
/** Before what is excepted. */
export const NOT = '!';
export const BETWEEN = ';';

/** Reads each text once: a row has the same for every request. */
const once = <Read>(read: (text: string) => Read): ((text: string) => Read) => {
  const known = new Map<string, Read>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = read(text);
    known.set(text, made);
    return made;
  };
};

/** What a list names, null being everything, and what it excepts. */
const listed = once((text) => {
  const names = text.split(BETWEEN).filter((name) => name !== ANY);
  const excepted = names.filter((name) => name.startsWith(NOT)).map((name) => name.slice(NOT.length));
  const named = names.filter((name) => !name.startsWith(NOT));
  return {
    named: named.length === 0 ? null : new Set(named),
    excepted: excepted.length === 0 ? null : new Set(excepted),
  };
});

/** Whether a value, or one of several, is in a list, and none of what the list excepts. */
const isIn = (values: string | readonly string[], text: string): boolean => {
  if (text === ANY) return true;
  const { named, excepted } = listed(text);
  if (typeof values === 'string') return (named?.has(values) ?? true) && !excepted?.has(values);
  if (named !== null && !values.some((value) => named.has(value))) return false;
  return excepted === null || !values.some((value) => excepted.has(value));
};

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A star of an organisation is one or more characters of one part of its id; a service of `*` is any. */
const patternOf = (place: string): string => {
  const end = place.lastIndexOf(' ');
  const organisation = place.slice(0, end).split('*').map(literally).join('[^/:@]+');
  const service = place.slice(end + 1);
  return `${organisation} ${service === ANY ? '.*' : literally(service)}`;
};

const places = once((text) => new RegExp(`^(?:${text.split(BETWEEN).map(patternOf).join('|')})$`, 'u'));

const isAt = (place: string, text: string): boolean => text === ANY || places(text).test(place);

const OTHERS = `${NOT}${OWN}`;
const readers = once((text) => {
  const [first = '', ...rest] = text.split(BETWEEN);
  return first === OTHERS ? { others: true, at: rest.join(BETWEEN) || ANY } : { others: false, at: text };
});

/** Who reads: the owner of the record, or who is at some places, of whom the owner may be excepted. */
const isRead = (reader: string, owner: string, text: string): boolean => {
  const isOwn = reader === owner && !reader.startsWith(' ');
  if (text === OWN) return isOwn;
  const { others, at } = readers(text);
  return !(others && isOwn) && isAt(reader, at);
};

const ranks = once((text) => new Set(text.split(BETWEEN).map(Number)));

/** What opens names the tier of the entry and of the facet, what closes that of the facet. */
const isOfTier = (obj: Obj, act: Act, text: string, effect: Effect): boolean => {
  if (text === ANY) return true;
  const found = ranks(text);
  return found.has(Math.max(obj.tier, act.floor, act.meaning)) && (effect === 'deny' || found.has(obj.tier));
};

const isAbout = (obj: Obj, act: Act, text: string): boolean =>
  text === ANY ||
  (isIn(obj.about, text) && (act.about === 'worker' || act.about === 'organisation' || isIn(act.about, text)));

type Condition = (obj: Obj, env: Env, effect: Effect) => boolean;

/** What is not known does not open, and closes. */
const isOfAge = (ages: Env['ages'][string], [min, max]: readonly [number, number], effect: Effect): boolean => {
  if (ages === undefined) return effect === 'deny';
  const [least, most] = effect === 'deny' ? [ages.oldest, ages.youngest] : [ages.youngest, ages.oldest];
  return least >= min && most <= max;
};

const conditionOf = (text: string): Condition => {
  const [kind, ...words] = text.split(' ') as [string, ...string[]];
  switch (kind) {
    case 'force': {
      const [from, until] = words.map(Number) as [number, number];
      return (_, { at }) => at >= from && at < until;
    }
    case 'lookback': {
      const [lookback = ''] = words;
      return (_, { at, ongoing, lookbacks }) => ongoing || at < (lookbacks[lookback] ?? -Infinity);
    }
    case 'child': {
      const [when = '', min, max] = words;
      const limits = [Number(min), Number(max)] as const;
      return (_, { ages }, effect) => isOfAge(ages[`child${when}`], limits, effect);
    }
    case 'about': {
      const [persons = '', when = '', min, max] = words;
      const of = new Set(persons.split(','));
      const limits = [Number(min), Number(max)] as const;
      return ({ about }, { ages }, effect) =>
        !of.has(about) || isOfAge(ages[`${about === 'child' ? 'child' : 'other'}${when}`], limits, effect);
    }
    default:
      throw new Error(`no such condition: ${text}`);
  }
};

const conditions = once((text) => text.split(BETWEEN).map(conditionOf));

const isWhen = (obj: Obj, env: Env, text: string, effect: Effect): boolean =>
  text === ANY || conditions(text).every((condition) => condition(obj, env, effect));

/** The functions of the matcher, by their names in it. */
export const MATCHER_FUNCTIONS = { isIn, isAt, isRead, isOfTier, isAbout, isWhen };
