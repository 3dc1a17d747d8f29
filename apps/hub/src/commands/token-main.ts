import { parseArgs } from 'node:util';
import { readIssuerKeys, signDevelopmentToken } from '#platform';
import { configurationOf, registryOf, stop } from './command.js';

const USAGE =
  'npm run -s token -- --as NAME   a token of one hour for a person (dsl) or a connector (police-01-connector)';

const { as } = (() => {
  try {
    return parseArgs({ options: { as: { type: 'string' } } }).values;
  } catch {
    return stop(USAGE);
  }
})();
if (as === undefined || as === '') stop(USAGE);
const configuration = configurationOf();
if (configuration.environment === 'production') stop('The development issuer is refused in production.');
const jwks = await readIssuerKeys(configuration.keysDir).catch(() =>
  stop('There are no development keys here yet: start the hub first (npm run demo).'),
);
const isConnector = (await registryOf(configuration)).connectors.some(({ clientId }) => clientId === as);
const token = await signDevelopmentToken({
  subject: as!,
  ...(isConnector ? { clientId: as! } : {}),
  scope: isConnector ? 'submit' : 'read',
  issuer: configuration.issuerUrl,
  audience: configuration.audience,
  jwks,
  environment: configuration.environment,
});
process.stdout.write(`${token}\n`);
