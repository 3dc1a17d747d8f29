import type { ApiProblem } from '../api/api-client.js';
import type { Profile } from '../api/profile.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, type FormError } from '../shell/form-errors.js';
import { serviceText } from '../text/labels.js';

/** What the form of an access in an emergency says. */
export interface OpeningValues {
  readonly reason: string;
  readonly text: string;
  /** One of several posts, as `posts` names it; empty for whoever holds one. */
  readonly post: string;
  readonly confirmed: string;
}

export const EMPTY_OPENING: OpeningValues = { reason: '', text: '', post: '', confirmed: '' };

export const openingValuesOf = (form: Pick<Form, 'text'>): OpeningValues => ({
  reason: form.text('reason'),
  text: form.text('text'),
  post: form.text('post'),
  confirmed: form.text('confirmed'),
});

const REASONS: Readonly<Record<string, string>> = {
  injury: 'An injury that has to be explained now',
  'immediate-danger': 'A child may be in immediate danger',
  'urgent-care': 'Urgent treatment or assessment',
  missing: 'A child is missing',
  'staff-safety': 'The safety of staff who are on their way',
};

export const reasonText = (reason: string): string => REASONS[reason] ?? reason;

export const reasonItems = (chosen: string) =>
  Object.entries(REASONS).map(([value, text]) => ({ value, text, checked: value === chosen }));

const nameOf = (organisation: string, service: string): string => JSON.stringify([organisation, service]);

/** The posts of whoever holds several, to choose from; none for whoever holds one. */
export const postItems = ({ posts }: Pick<Profile, 'posts'>, chosen: string) => {
  const distinct = new Map(posts.map((post) => [nameOf(post.organisation, post.service), post]));
  return distinct.size < 2
    ? []
    : [...distinct].map(([value, { organisationName, service }]) => ({
        value,
        text: `${organisationName}, ${serviceText(service)}`,
        checked: value === chosen,
      }));
};

/** The API's body. */
export const openingBody = ({ reason, text, post }: OpeningValues, profile: Pick<Profile, 'posts'>) => {
  const chosen = profile.posts.find(({ organisation, service }) => nameOf(organisation, service) === post);
  return {
    reason,
    text,
    ...(chosen ? { organisation: chosen.organisation, service: chosen.service } : {}),
  };
};

/** What is missing, in the order of the form. */
export const openingErrors = (values: OpeningValues, profile: Pick<Profile, 'posts'>): FormError[] => {
  const posts = postItems(profile, '');
  return [
    ...(Object.hasOwn(REASONS, values.reason) ? [] : [{ field: 'reason', text: 'Choose why you need it' }]),
    ...(values.text === '' ? [{ field: 'text', text: 'Say what happened' }] : []),
    ...(values.text.length > 4000 ? [{ field: 'text', text: 'Shorten this to 4,000 characters' }] : []),
    ...(posts.length > 0 && !posts.some(({ value }) => value === values.post)
      ? [{ field: 'post', text: 'Choose under which of your posts' }]
      : []),
    ...(values.confirmed === 'yes'
      ? []
      : [{ field: 'confirmed', text: 'Confirm that you understand what is recorded' }]),
  ];
};

const FALLBACK = { field: 'reason', text: 'This could not be opened. Look at the child again' };
const ALREADY = {
  field: 'reason',
  text: 'You have something open in an emergency already. End it, or wait until its two hours are over',
};

export const refusedErrors = (status: number, problem: ApiProblem): readonly FormError[] =>
  status === 409 && problem.errors.length === 0
    ? [ALREADY]
    : formErrorsOf(
        problem,
        {
          text: 'Say what happened',
          organisation: 'Choose under which of your posts',
          service: 'Choose under which of your posts',
        },
        FALLBACK,
        { organisation: 'post', service: 'post' },
      );
