/** `scimType` of an error (RFC 7644, 3.12). */
export type ScimType = 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'mutability' | 'uniqueness';

/** A request that is not carried out, in fixed words: neither names nor repeats what was sent. */
export class ScimRefused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly scimType?: ScimType,
  ) {
    super(detail);
    this.name = 'ScimRefused';
  }
}

export const noSuchResource = (): ScimRefused => new ScimRefused(404, 'There is no such resource');
export const invalidValue = (attribute: string, why: string): ScimRefused =>
  new ScimRefused(400, `${attribute}: ${why}`, 'invalidValue');
