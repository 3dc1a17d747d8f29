import { RequiredOneOf } from './check-class.js';
import { recordKind } from './record-kind.js';

class InvalidatedPayload {
  @RequiredOneOf(['adoption', 'other']) reason!: 'adoption' | 'other';
}

/** A register's word that the number by which a record names its person is void. */
export const identifierInvalidated = recordKind<InvalidatedPayload>({
  recordType: 'identity.invalidated',
  type: 'identifier-invalidated',
  payload: InvalidatedPayload,
  facts: ['number-void'],
  dated: [],
  body: ({ reason }) => ({ reason }),
});
