import { words } from '../text/labels.js';

const REASONS: Readonly<Record<string, string>> = {
  missing: 'It is missing',
  'not-text': 'It must be text',
  'not-a-number': 'It must be a number',
  'not-true-or-false': 'It must be true or false',
  'not-a-list': 'It must be a list',
  'not-an-object': 'It must be a record with fields, not a single value',
  'not-a-date': 'It must be a date that exists, as year, month and day',
  'not-an-instant': 'It must be a date and time, with its offset from UTC',
  'not-allowed': 'This value is not one that can stand here',
  'too-long': 'It is too long',
  'too-large': 'It is too large',
  'ends-before-it-starts': 'It ends before it starts',
  'unknown-record-type': 'This feed knows no such type of record',
  'unknown-field': 'This feed knows no such field',
  'organisation-not-registered': 'The organisation is not registered for this feed',
  'invalid-text': 'It holds text that cannot stand here',
  'cannot-be-read': 'It cannot be read',
  'not-json': 'It is not valid JSON',
};

/** Why something could not be read, as a sentence without its full stop. */
export const reasonText = (reason: string): string =>
  Object.hasOwn(REASONS, reason) ? REASONS[reason]! : words(reason);

/** `records[0].personId` is `personId, in records number 1`. */
export const placeText = (path: string): string =>
  path === '' || path === 'document'
    ? 'The document'
    : path
        .split('.')
        .reverse()
        .map((segment) => {
          const [, name = '', index] = /^(.*?)\[(\d+)\]$/.exec(segment) ?? [undefined, segment];
          if (index === undefined) return name;
          return name === '' ? `number ${Number(index) + 1}` : `${name} number ${Number(index) + 1}`;
        })
        .join(', in ');

const STATES: Readonly<Record<string, string>> = {
  accepted: 'On its way',
  filed: 'Filed',
  quarantined: 'In quarantine',
  duplicate: 'Had it already',
  open: 'Waiting for a decision',
  released: 'Released',
  discarded: 'Discarded',
};

export const stateText = (state: string): string => (Object.hasOwn(STATES, state) ? STATES[state]! : words(state));

const NOTICES: Readonly<Record<string, string>> = {
  'conflicting-versions': 'Two versions of equal rank differ. Both stay current until a higher one comes',
  'absent-from-later-extract': 'A later extract does not hold this record. Nothing was retracted',
};

export const noticeText = (kind: string): string => (Object.hasOwn(NOTICES, kind) ? NOTICES[kind]! : words(kind));
