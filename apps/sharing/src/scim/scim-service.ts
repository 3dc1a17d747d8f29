import { MOST_RESULTS } from './scim-desk.js';
import { GROUP_SCHEMA, LIST_SCHEMA, POST_SCHEMA, USER_SCHEMA } from './scim-resources.js';

const listOf = (resources: readonly object[]) => ({
  schemas: [LIST_SCHEMA],
  totalResults: resources.length,
  startIndex: 1,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** What of SCIM is served (RFC 7643, 5). */
export const SERVICE_PROVIDER_CONFIG = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MOST_RESULTS },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'OAuth bearer token',
      description: 'An access token of the connector of the organisation’s staff feed, with the scope `submit`.',
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: '/scim/v2/ServiceProviderConfig' },
};

export const RESOURCE_TYPES = listOf([
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A member of staff, with his post',
    schema: USER_SCHEMA,
    schemaExtensions: [{ schema: POST_SCHEMA, required: false }],
    meta: { resourceType: 'ResourceType', location: '/scim/v2/ResourceTypes/User' },
  },
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    description: 'A team, with its members',
    schema: GROUP_SCHEMA,
    meta: { resourceType: 'ResourceType', location: '/scim/v2/ResourceTypes/Group' },
  },
]);

interface Shape {
  readonly type?: 'string' | 'boolean' | 'dateTime' | 'complex';
  readonly required?: true;
  readonly caseExact?: true;
  readonly multiValued?: true;
  readonly mutability?: 'readOnly' | 'immutable';
  readonly unique?: true;
  readonly subAttributes?: readonly object[];
}

const attribute = (name: string, description: string, shape: Shape = {}) => ({
  name,
  type: shape.type ?? 'string',
  multiValued: shape.multiValued ?? false,
  description,
  required: shape.required ?? false,
  caseExact: shape.caseExact ?? false,
  mutability: shape.mutability ?? 'readWrite',
  returned: 'default',
  uniqueness: shape.unique ? 'server' : 'none',
  ...(shape.subAttributes ? { subAttributes: shape.subAttributes } : {}),
});

const schema = (id: string, name: string, attributes: readonly object[]) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id,
  name,
  attributes,
  meta: { resourceType: 'Schema', location: `/scim/v2/Schemas/${id}` },
});

const VALUE = attribute('value', 'What it is');

/** The attributes that are kept; all others are left out. */
export const SCHEMAS = listOf([
  schema(USER_SCHEMA, 'User', [
    attribute('userName', 'Subject of the person’s sign-in', { required: true, unique: true }),
    attribute('externalId', 'The organisation’s own number for the person', {
      required: true,
      caseExact: true,
      mutability: 'immutable',
      unique: true,
    }),
    attribute('displayName', 'The person’s name'),
    attribute('active', 'Whether the posts are held; false ends them at once', { type: 'boolean' }),
    attribute('roles', 'One role, or one that is primary', {
      type: 'complex',
      required: true,
      multiValued: true,
      subAttributes: [VALUE, attribute('primary', 'Whether it is the one that counts', { type: 'boolean' })],
    }),
  ]),
  schema(GROUP_SCHEMA, 'Group', [
    attribute('displayName', 'Name of the team, as relations name it', { required: true, unique: true }),
    attribute('externalId', 'The organisation’s own number for the team', { caseExact: true, unique: true }),
    attribute('members', 'Users of the same organisation', {
      type: 'complex',
      multiValued: true,
      subAttributes: [VALUE],
    }),
  ]),
  schema(POST_SCHEMA, 'Post', [
    attribute('service', 'Service that the person works in; else that of the feed'),
    attribute('from', 'Since when; else since the person was provisioned', { type: 'dateTime' }),
  ]),
]);
