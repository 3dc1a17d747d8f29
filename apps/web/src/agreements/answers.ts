/** What `/v1/agreements` answers, as far as the pages show it. */

export type AgreementState = 'draft' | 'tested' | 'signed' | 'adopted' | 'in-force' | 'superseded' | 'revoked';

export interface ListedAgreements {
  readonly agreements: readonly {
    readonly id: string;
    readonly version: string;
    readonly state: AgreementState;
    readonly owners: readonly string[];
  }[];
}

export interface DocumentFault {
  readonly field: string;
  readonly reason: string;
  readonly line: number;
}

export interface OwnerStanding {
  readonly organisation: string;
  readonly state: AgreementState;
  readonly inForceFrom: string | null;
  readonly revokedFrom: string | null;
  readonly signatures: readonly { readonly inForceFrom: string; readonly signedAt: string; readonly own: boolean }[];
}

export interface AgreementVersion {
  readonly agreement: string;
  readonly version: string;
  readonly title: string;
  readonly organisation: string;
  readonly document: string;
  readonly explanation: readonly {
    readonly title: string;
    readonly sentences: readonly { readonly clause: string | null; readonly text: string; readonly line: number }[];
  }[];
  readonly refusals: readonly DocumentFault[];
  readonly cases: number;
  readonly life: {
    readonly state: AgreementState;
    readonly testedAt: string | null;
    readonly needed: number;
    readonly owners: readonly OwnerStanding[];
  };
}
