import { invalidValue, ScimRefused } from './scim-error.js';

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
/** Of a user: the service that he works in, and since when. */
export const POST_SCHEMA = 'urn:sightline:params:scim:schemas:extension:post:2.0:User';
export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A member of staff as his organisation provisions him: one post, and one more in each team that he is a member of. */
export interface ScimUser {
  /** Subject of the sign-in. */
  readonly userName: string;
  /** The organisation's own number for him. */
  readonly externalId: string;
  readonly displayName: string | null;
  readonly active: boolean;
  readonly role: string;
  /** Null: that of the feed. */
  readonly service: string | null;
  /** RFC 3339 instant, inclusive; null: since he was provisioned. */
  readonly from: string | null;
}

/** A team. */
export interface ScimGroup {
  readonly displayName: string;
  readonly externalId: string | null;
}

type Json = Readonly<Record<string, unknown>>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): Json => {
  if (!isObject(value)) throw new ScimRefused(400, 'The body is no object', 'invalidSyntax');
  return value;
};

/** Names of attributes and schemas compare without case (RFC 7643, 2.1). */
const keyOf = (json: Json, name: string): string | undefined =>
  Object.keys(json).find((key) => key.toLowerCase() === name.toLowerCase());
const attribute = (json: Json, name: string): unknown => json[keyOf(json, name) ?? name];

const optionalText = (value: unknown, name: string, max: number): string | null => {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' || value.trim() === '') throw invalidValue(name, 'is no text');
  if (value.length > max) throw invalidValue(name, 'is too long');
  return value;
};

const textOf = (value: unknown, name: string, max: number): string => {
  const text = optionalText(value, name, max);
  if (text === null) throw invalidValue(name, 'is missing');
  return text;
};

/** Some systems send what is true or false as text. */
const activeOf = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidValue('active', 'is neither true nor false');
};

/** The primary role, else the only one. */
const roleOf = (value: unknown): string => {
  const roles = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const all = roles.map((role): { value: unknown; primary: boolean } =>
    isObject(role) ? { value: role['value'], primary: role['primary'] === true } : { value: role, primary: false },
  );
  const chosen = all.length > 1 ? all.filter(({ primary }) => primary) : all;
  if (chosen.length > 1 || (chosen.length === 0 && all.length > 0)) throw invalidValue('roles', 'name no one primary');
  return textOf(chosen[0]?.value, 'roles', 64);
};

const fromOf = (value: unknown): string | null => {
  const text = optionalText(value, 'from', 64);
  if (text === null) return null;
  if (!INSTANT.test(text) || Number.isNaN(Date.parse(text))) throw invalidValue('from', 'is no instant');
  return new Date(text).toISOString();
};

const schemasOf = (json: Json, wanted: string): void => {
  const schemas = attribute(json, 'schemas');
  const named = Array.isArray(schemas) ? schemas.map((one) => String(one).toLowerCase()) : [];
  if (!named.includes(wanted.toLowerCase())) {
    throw new ScimRefused(400, 'schemas: the schema of the resource is missing', 'invalidSyntax');
  }
};

const nameOf = (json: Json): string | null => {
  const display = optionalText(attribute(json, 'displayName'), 'displayName', 256);
  const name = attribute(json, 'name');
  if (display !== null || !isObject(name)) return display;
  const formatted = optionalText(attribute(name, 'formatted'), 'name.formatted', 256);
  if (formatted !== null) return formatted;
  const parts = ['givenName', 'familyName'].map((part) => optionalText(attribute(name, part), `name.${part}`, 127));
  return parts.filter((part) => part !== null).join(' ') || null;
};

/** What is not known here is not kept (RFC 7644, 3.3). Throws a `ScimRefused` that names the attribute. */
export const parseUser = (body: unknown): ScimUser => {
  const json = objectOf(body);
  schemasOf(json, USER_SCHEMA);
  const post = attribute(json, POST_SCHEMA);
  const held = isObject(post) ? post : {};
  return {
    userName: textOf(attribute(json, 'userName'), 'userName', 256),
    externalId: textOf(attribute(json, 'externalId'), 'externalId', 128),
    displayName: nameOf(json),
    active: activeOf(attribute(json, 'active')),
    role: roleOf(attribute(json, 'roles')),
    service: optionalText(attribute(held, 'service'), 'service', 64),
    from: fromOf(attribute(held, 'from')),
  };
};

export interface ParsedGroup extends ScimGroup {
  /** Ids of users. */
  readonly members: readonly string[];
}

const membersOf = (value: unknown): string[] => {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  const ids = list.map((one) => textOf(isObject(one) ? attribute(one, 'value') : one, 'members', 64).toLowerCase());
  return [...new Set(ids)];
};

export const parseGroup = (body: unknown): ParsedGroup => {
  const json = objectOf(body);
  schemasOf(json, GROUP_SCHEMA);
  return {
    displayName: textOf(attribute(json, 'displayName'), 'displayName', 128),
    externalId: optionalText(attribute(json, 'externalId'), 'externalId', 128),
    members: membersOf(attribute(json, 'members')),
  };
};

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string | null;
  readonly value: unknown;
}

const MOST_OPERATIONS = 1000;

export const parsePatch = (body: unknown): readonly Operation[] => {
  const json = objectOf(body);
  schemasOf(json, PATCH_SCHEMA);
  const operations = attribute(json, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST_OPERATIONS) {
    throw new ScimRefused(400, 'Operations: is no list of operations', 'invalidSyntax');
  }
  return operations.map((one: unknown) => {
    const operation = objectOf(one);
    const op = String(attribute(operation, 'op')).toLowerCase();
    if (op !== 'add' && op !== 'remove' && op !== 'replace') {
      throw new ScimRefused(400, 'Operations: neither add, remove nor replace', 'invalidSyntax');
    }
    const path = optionalText(attribute(operation, 'path'), 'path', 512);
    if (op === 'remove' && path === null) throw new ScimRefused(400, 'A removal names no path', 'invalidPath');
    return { op, path, value: attribute(operation, 'value') };
  });
};

const invalidPath = (): ScimRefused => new ScimRefused(400, 'The path names nothing that is kept', 'invalidPath');

/** Attributes of a user that a path may name: a schema and its attribute, an attribute, or a part of one. */
const USER_PATH = /^(?:(urn:[^[\]]+):)?([A-Za-z]+)(?:\[[^\]]*\])?(?:\.([A-Za-z]+))?$/;

const withAttribute = (json: Json, name: string, value: unknown): Json => {
  const rest = Object.fromEntries(Object.entries(json).filter(([key]) => key.toLowerCase() !== name.toLowerCase()));
  return value === undefined ? rest : { ...rest, [keyOf(json, name) ?? name]: value };
};

const changeAt = (json: Json, path: string, value: unknown): Json => {
  const lower = path.toLowerCase();
  if (lower === POST_SCHEMA.toLowerCase()) return withAttribute(json, POST_SCHEMA, value);
  const [, schema, name, part] = USER_PATH.exec(path) ?? [];
  if (name === undefined) throw invalidPath();
  if (schema !== undefined && schema.toLowerCase() === POST_SCHEMA.toLowerCase()) {
    const held = attribute(json, POST_SCHEMA);
    return withAttribute(json, POST_SCHEMA, withAttribute(isObject(held) ? held : {}, name, value));
  }
  // What another schema says of a user is not kept.
  if (schema !== undefined && schema.toLowerCase() !== USER_SCHEMA.toLowerCase()) return json;
  if (name.toLowerCase() === 'roles') {
    const role = Array.isArray(value) || isObject(value) || value === undefined ? value : [{ value }];
    return withAttribute(json, 'roles', role);
  }
  if (part === undefined) return withAttribute(json, name, value);
  if (name.toLowerCase() !== 'name') return json;
  const held = attribute(json, 'name');
  // A name that is given in parts takes the place of the one that was shown.
  return withAttribute(withAttribute(json, 'displayName', undefined), 'name', {
    ...(isObject(held) ? held : {}),
    [part]: value,
  });
};

/** A user as these operations leave him. */
export const patchUser = (user: ScimUser, operations: readonly Operation[]): ScimUser => {
  const patched = operations.reduce<Json>((json, { op, path, value }) => {
    const given = op === 'remove' ? undefined : value;
    if (path !== null) return changeAt(json, path, given);
    return Object.entries(objectOf(value)).reduce<Json>((all, [name, one]) => changeAt(all, name, one), json);
  }, attributesOf(user));
  return parseUser({ ...patched, schemas: [USER_SCHEMA] });
};

const MEMBER = /^members\[value eq "([^"\\]+)"\]$/i;

/** A team as these operations leave it. */
export const patchGroup = (group: ParsedGroup, operations: readonly Operation[]): ParsedGroup =>
  operations.reduce<ParsedGroup>((before, { op, path, value }) => {
    if (path === null) {
      const changes = Object.entries(objectOf(value)).map(([name, one]) => ({ op, path: name, value: one }));
      return patchGroup(before, changes);
    }
    const one = MEMBER.exec(path)?.[1]?.toLowerCase();
    if (one !== undefined && op === 'remove') {
      return { ...before, members: before.members.filter((member) => member !== one) };
    }
    switch (path.toLowerCase()) {
      case 'members': {
        const named = membersOf(value);
        if (op === 'replace') return { ...before, members: named };
        if (op === 'add') return { ...before, members: [...new Set([...before.members, ...named])] };
        return { ...before, members: value == null ? [] : before.members.filter((member) => !named.includes(member)) };
      }
      case 'displayname':
        return { ...before, displayName: textOf(op === 'remove' ? undefined : value, 'displayName', 128) };
      case 'externalid':
        return { ...before, externalId: op === 'remove' ? null : optionalText(value, 'externalId', 128) };
      case 'id':
      case 'schemas':
        return before;
      default:
        throw invalidPath();
    }
  }, group);

const attributesOf = ({ userName, externalId, displayName, active, role, service, from }: ScimUser): Json => ({
  userName,
  externalId,
  ...(displayName === null ? {} : { displayName }),
  active,
  roles: [{ value: role, primary: true }],
  ...(service === null && from === null
    ? {}
    : { [POST_SCHEMA]: { ...(service === null ? {} : { service }), ...(from === null ? {} : { from }) } }),
});

/** What the service keeps of a resource beside what was sent. */
export interface Kept {
  readonly id: string;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

const metaOf = (resourceType: 'User' | 'Group', { id, createdAt, modifiedAt }: Kept) => ({
  resourceType,
  created: createdAt.toISOString(),
  lastModified: modifiedAt.toISOString(),
  location: `/scim/v2/${resourceType}s/${id}`,
});

export const renderUser = (user: ScimUser, kept: Kept) => {
  const attributes = attributesOf(user);
  return {
    schemas: [USER_SCHEMA, ...(POST_SCHEMA in attributes ? [POST_SCHEMA] : [])],
    id: kept.id,
    ...attributes,
    meta: metaOf('User', kept),
  };
};

export const renderGroup = ({ displayName, externalId, members }: ParsedGroup, kept: Kept) => ({
  schemas: [GROUP_SCHEMA],
  id: kept.id,
  displayName,
  ...(externalId === null ? {} : { externalId }),
  members: members.map((value) => ({ value, $ref: `/scim/v2/Users/${value}` })),
  meta: metaOf('Group', kept),
});

export interface Filter {
  readonly attribute: 'name' | 'externalId';
  readonly value: string;
}

/** `userName eq "..."`, `displayName eq "..."` or `externalId eq "..."`; null where none is asked for. */
export const parseFilter = (text: string | undefined, nameAttribute: 'userName' | 'displayName'): Filter | null => {
  if (text === undefined || text === '') return null;
  const [, name, quoted] = /^\s*([A-Za-z]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(text) ?? [];
  const lower = name?.toLowerCase();
  const refused = () => new ScimRefused(400, `filter: ${nameAttribute} or externalId eq a text`, 'invalidFilter');
  if (quoted === undefined || (lower !== nameAttribute.toLowerCase() && lower !== 'externalid')) throw refused();
  let value: unknown;
  try {
    value = JSON.parse(quoted);
  } catch {
    throw refused();
  }
  return { attribute: lower === 'externalid' ? 'externalId' : 'name', value: value as string };
};
