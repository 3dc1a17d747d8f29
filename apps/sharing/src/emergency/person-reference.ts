import type { Pool } from 'pg';
import type { Reference } from '#intake';

/** A member of staff as the subject of an event, by the key that the reference table gave him. */
export const personReference = async (
  pool: Pool,
  { staffKey, organisation }: { readonly staffKey: string; readonly organisation: string },
): Promise<Reference> => {
  const { rows } = await pool.query(
    `select encode(triple, 'hex') as triple from refs.reference where subject_kind = 'staff' and subject_key = $1`,
    [staffKey],
  );
  const { triple } = rows[0] as { triple: string };
  return { kind: 'staff', system: '', localId: '', organisation, triple };
};
