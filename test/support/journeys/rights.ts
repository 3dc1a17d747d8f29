import type { Client } from 'pg';

/** Everything outside the system's own schemas that a role may do, as `privilege schema.object` lines, sorted. */
export interface Rights {
  readonly role: string;
  readonly attributes: readonly string[];
  readonly memberOf: readonly string[];
  readonly relations: Readonly<Record<string, string>>;
  readonly functions: readonly string[];
}

const OWN_SCHEMAS = `n.nspname !~ '^(pg_|information_schema)'`;

const RELATIONS = `
  select n.nspname || '.' || c.relname as name,
         array_to_string(array(
           select p from unnest(array['select','insert','update','delete','truncate','references','trigger']) p
            where has_table_privilege($1, c.oid, p)), ' ') as whole,
         array_to_string(array(
           select p || '(' || string_agg(a.attname, ',' order by a.attnum) || ')'
             from unnest(array['select','insert','update']) p
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where not has_table_privilege($1, c.oid, p) and has_column_privilege($1, c.oid, a.attnum, p)
            group by p order by p), ' ') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'v', 'm', 'p', 'f') and ${OWN_SCHEMAS} and has_schema_privilege($1, n.oid, 'usage')
  union all
  select n.nspname || '.' || c.relname, array_to_string(array(
           select p from unnest(array['usage','select','update']) p where has_sequence_privilege($1, c.oid, p)), ' '), ''
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'S' and ${OWN_SCHEMAS} and has_schema_privilege($1, n.oid, 'usage')`;

const FUNCTIONS = `
  select n.nspname || '.' || p.proname as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where ${OWN_SCHEMAS} and has_schema_privilege($1, n.oid, 'usage') and has_function_privilege($1, p.oid, 'execute')
   order by 1`;

const ATTRIBUTES = `
  select unnest(array_remove(array[
           case when rolsuper then 'superuser' end, case when rolcreaterole then 'createrole' end,
           case when rolcreatedb then 'createdb' end, case when rolreplication then 'replication' end,
           case when rolbypassrls then 'bypassrls' end,
           case when has_database_privilege($1, current_database(), 'create') then 'create schemas' end,
           case when has_database_privilege($1, current_database(), 'temporary') then 'temporary tables' end], null)) as name
    from pg_roles where rolname = $1
  union all
  select 'create in ' || n.nspname from pg_namespace n where has_schema_privilege($1, n.oid, 'create')`;

const MEMBER_OF = `
  select r.rolname as name from pg_roles r
   where r.rolname <> $1 and pg_has_role($1, r.oid, 'member') order by 1`;

export const rightsOf = async (client: Client, role: string): Promise<Rights> => {
  const names = async (text: string): Promise<string[]> =>
    (await client.query<{ name: string }>(text, [role])).rows.map(({ name }) => name);
  const { rows } = await client.query<{ name: string; whole: string; columns: string }>(RELATIONS, [role]);
  return {
    role,
    attributes: await names(ATTRIBUTES),
    memberOf: await names(MEMBER_OF),
    relations: Object.fromEntries(
      rows
        .map(({ name, whole, columns }) => [name, [whole, columns].filter((text) => text !== '').join(' ')] as const)
        .filter(([, may]) => may !== '')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    functions: await names(FUNCTIONS),
  };
};
