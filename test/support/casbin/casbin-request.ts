import { cedarRequests, type Calendar, type CedarRequest, type CedarValue } from '../cedar/cedar-request.js';
import { SEALED_BY_MEANING, SPECIAL_BY_MEANING, rankOf } from '../cedar/cedar-text.js';
import type { Question } from '../cedar/cedar-question.js';

/** The youngest and the oldest that somebody may have been. */
export interface Ages {
  readonly youngest: number;
  readonly oldest: number;
}

/** What a request of casbin is about: the four objects of its model, in this order. */
export interface CasbinRequest {
  readonly sub: { readonly place: string; readonly role: string };
  readonly obj: {
    readonly place: string;
    readonly types: readonly string[];
    readonly tier: number;
    readonly about: string;
  };
  readonly act: { readonly name: string; readonly about: string; readonly floor: number; readonly meaning: number };
  readonly env: {
    readonly at: number;
    readonly why: string;
    readonly facts: readonly string[];
    readonly ongoing: boolean;
    readonly ages: Readonly<Record<string, Ages | undefined>>;
    /** When each look-back of the document ends. */
    readonly lookbacks: Readonly<Record<string, number | undefined>>;
  };
}

interface Attributes {
  readonly organisation: string;
  readonly service: string;
  readonly role: string;
  readonly types: readonly string[];
  readonly tier: number;
  readonly about: string;
}

interface Context {
  readonly at: CedarValue;
  readonly purpose: string;
  readonly relation?: string;
  readonly facts: readonly string[];
  readonly ongoing: boolean;
  readonly about: string;
  readonly floor: number;
  readonly calendar: Readonly<Record<string, Record<string, Ages> & { lookback: Record<string, CedarValue> }>>;
}

/** An organisation and its service, as rows name them. */
export const placeOf = (organisation: string, service: string): string => `${organisation} ${service}`;

/** A purpose and the relation that it is asked for under. */
export const whyOf = (purpose: string, relation: string): string => `${purpose}/${relation}`;

const msOf = (instant: CedarValue): number => Date.parse((instant as { __extn: { arg: string } }).__extn.arg);

const rankOfMeaning = (groups: readonly { readonly id: string }[]): number => {
  if (groups.some(({ id }) => id === SEALED_BY_MEANING)) return rankOf('sealed');
  return rankOf(groups.some(({ id }) => id === SPECIAL_BY_MEANING) ? 'special' : 'contact');
};

const requestOf = ({ entities, action, context }: CedarRequest, zone: string): CasbinRequest => {
  const [viewer, entry] = entities.map(({ attrs }) => attrs as unknown as Attributes) as [Attributes, Attributes];
  const { at, purpose, relation = '', facts, ongoing, about, floor, calendar } = context as unknown as Context;
  const { lookback, ...ages } = calendar[zone]!;
  return {
    sub: { place: placeOf(viewer.organisation, viewer.service), role: viewer.role },
    obj: {
      place: placeOf(entry.organisation, entry.service),
      types: entry.types,
      tier: entry.tier,
      about: entry.about,
    },
    act: { name: action.id, about, floor, meaning: rankOfMeaning(entities[2]!.parents) },
    env: {
      at: msOf(at),
      why: whyOf(purpose, relation),
      facts,
      ongoing,
      ages,
      lookbacks: Object.fromEntries(Object.entries(lookback).map(([text, end]) => [text, msOf(end)])),
    },
  };
};

/** What casbin is asked for one question about an entry: each facet apart, by the attributes that Cedar is given. */
export const casbinRequests = (question: Question, calendar: Calendar): CasbinRequest[] =>
  cedarRequests(question, [calendar]).map((request) => requestOf(request, calendar.zone));
