import type { Pool } from 'pg';
import type { Reference } from '#intake';

/** A child's reference as the subject of an event, by the key that the reference table gave it. */
export const childReference = async (pool: Pool, subjectKey: string): Promise<Reference> => {
  const { rows } = await pool.query(
    `select encode(triple, 'hex') as triple from refs.reference where subject_key = $1`,
    [subjectKey],
  );
  const { triple } = rows[0] as { triple: string };
  return { kind: 'child', system: '', localId: '', triple };
};
