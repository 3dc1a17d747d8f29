import type { Pool } from 'pg';

/** Keeps what is accepted from being filed, without holding anything else up; the returned function lets go. */
export const pauseFiling = async (sql: Pool): Promise<() => Promise<void>> => {
  const { rows } = await sql.query(
    `select pg_get_functiondef(p.oid) as definition from pg_proc p
      where p.proname = 'unfiled' and p.pronamespace = 'inbox'::regnamespace`,
  );
  const { definition } = rows[0] as { definition: string };
  const held = definition.replace('limit max_rows', 'limit 0');
  if (held === definition) throw new Error('filing cannot be paused');
  await sql.query(held);
  return async () => void (await sql.query(definition));
};
