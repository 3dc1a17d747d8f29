declare const BRAND: unique symbol;
/** A path of the public API whose variable parts are escaped. */
export type ApiPath = string & { readonly [BRAND]: true };

const segment = (value: string): string => {
  // These two survive escaping and would climb.
  if (value === '' || value === '.' || value === '..') return '%00';
  return encodeURIComponent(value.isWellFormed() ? value : '\0');
};

/** Tag of a template: escapes each variable part, so that it is one segment whatever it holds. */
export const apiPath = (fixed: TemplateStringsArray, ...values: readonly string[]): ApiPath =>
  String.raw({ raw: fixed.raw }, ...values.map(segment)) as ApiPath;
