import { createHmac } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { Registry } from '#intake';
import { createDevelopmentIssuer, type Configuration, type IssuerHandler, type IssuerPerson } from '#platform';
import { redirectUriOf } from '#apps/web';

/** Secret of a client at the development issuer: it follows from the issuer's keys. */
export const clientSecretOf = (jwks: JSONWebKeySet, clientId: string): string =>
  createHmac('sha256', JSON.stringify(jwks)).update(`connector ${clientId}`).digest('base64url');

/** The development issuer with every connector of the registry and the pages as its clients. */
export const openIssuer = (
  configuration: Configuration,
  registry: Registry,
  jwks: JSONWebKeySet,
  people: readonly IssuerPerson[],
): IssuerHandler =>
  createDevelopmentIssuer({
    issuer: configuration.issuerUrl,
    audience: configuration.audience,
    jwks,
    environment: configuration.environment,
    clients: registry.connectors.map(({ clientId }) => ({
      clientId,
      clientSecret: clientSecretOf(jwks, clientId),
      scope: 'submit',
    })),
    webClients: [
      {
        clientId: configuration.webClientId,
        clientSecret: clientSecretOf(jwks, configuration.webClientId),
        scope: 'read',
        redirectUri: redirectUriOf(configuration.hubUrl),
      },
    ],
    people,
  });
