import { dateTimeText } from '../shell/dates.js';
import type { ListedPair, PairState, Why } from './answers.js';

const STATES: Readonly<Record<PairState, string>> = {
  question: 'Not decided',
  linked: 'Linked: shown as one child',
  refused: 'Apart: somebody said that they are two children',
  apart: 'Apart: they have no verified number in common any more',
};
const WHYS: Readonly<Record<Why, string>> = {
  contradicts: 'They share a number and contradict each other',
  differs: 'They share a number, and not everything else agrees',
  unclear: 'They share a number. The hub is not certain that they are one child',
};

export const stateText = (state: PairState): string => STATES[state];
export const whyText = (why: Why): string => WHYS[why];
export const pairPath = (pair: string): string => `/identity/pairs/${encodeURIComponent(pair)}`;

export interface PairRow {
  readonly href: string;
  /** The child as one's own record names it. */
  readonly own: string;
  readonly other: string;
  readonly state: string;
  readonly why: string;
  readonly since: string;
}

/** A line of a list of pairs: one's own record, whose the other one is, and what stands between them. */
export const pairRow = ({ pair, state, why, since, references: [one, other] }: ListedPair): PairRow => ({
  href: pairPath(pair),
  own: one?.label ?? 'A record without a name',
  other: other?.own
    ? `Your own organisation: ${other.label ?? 'a record without a name'}`
    : (other?.organisationName ?? ''),
  state: stateText(state),
  why: whyText(why),
  since: dateTimeText(since),
});
