/** What is wrong with a form, in the words of its page. `field` is the `id` of the input to go to. */
export interface FormError {
  readonly field: string;
  readonly text: string;
}

export interface FormErrors {
  /** For `govukErrorSummary`, which the layout shows by itself. */
  readonly list: readonly { readonly text: string; readonly href: string }[];
  /** For `errorMessage` of each input. */
  readonly of: Readonly<Record<string, { readonly text: string }>>;
}

/** Undefined when nothing is wrong, so that a template may ask for it. */
export const formErrors = (errors: readonly FormError[]): FormErrors | undefined =>
  errors.length === 0
    ? undefined
    : {
        list: errors.map(({ field, text }) => ({ text, href: `#${field}` })),
        of: Object.fromEntries([...errors].reverse().map(({ field, text }) => [field, { text }])),
      };

type Sentences = Readonly<Record<string, Readonly<Record<string, string>> | string>>;

/** Of a last day that was typed. */
export const LAST_DAY = {
  past: 'The last day must be today or later',
  '*': 'Enter the last day as year, month and day, like 2026-03-31',
} as const;

/**
 * The API's refusal in the words of a page: `sentences` has for each of the API's fields one sentence, or one for each
 * reason with `*` for every other; `fields` names the inputs that are called otherwise. What no sentence is for is said
 * at `fallback`.
 */
export const formErrorsOf = (
  problem: { readonly errors: readonly { readonly field: string; readonly reason: string }[] },
  sentences: Sentences,
  fallback: FormError,
  fields: Readonly<Record<string, string>> = {},
): readonly FormError[] => {
  const found = problem.errors.flatMap(({ field, reason }) => {
    const known = Object.hasOwn(sentences, field) ? sentences[field] : undefined;
    const text = typeof known === 'string' ? known : (known?.[reason] ?? known?.['*']);
    return text === undefined ? [] : [{ field: fields[field] ?? field, text }];
  });
  return found.length === 0 ? [fallback] : found;
};
