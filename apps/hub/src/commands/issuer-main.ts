import { readRegistry } from '#intake';
import { mountIssuer, readIssuerKeys, runApp } from '#platform';
import { STORY_PEOPLE } from '../demo/story-people.js';
import { PEOPLE, signInLine } from '../demo/story.js';
import { makeDevelopmentKeys } from '../development-keys.js';
import { openIssuer } from '../issuer.js';

/** `npm run issuer`: the development issuer alone, at `/issuer` below HUB_URL. Refused in production. */
await runApp('issuer', async ({ configuration }) => {
  const registry = await readRegistry(configuration.registryFile);
  await makeDevelopmentKeys(configuration.keysDir, registry);
  const jwks = await readIssuerKeys(configuration.keysDir);
  const handler = openIssuer(configuration, registry, jwks, [...PEOPLE, ...STORY_PEOPLE].map(signInLine));
  return {
    module: { module: class IssuerModule {} },
    checks: [],
    mount: (server) => mountIssuer(server, new URL(configuration.issuerUrl).pathname, handler),
  };
});
