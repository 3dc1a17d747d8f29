import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startBroker, type Broker } from '../../../tools/kafka-broker.mjs';

const run = promisify(execFile);
const STORE_PASSWORD = 'keystore-password';

export const USER = { username: 'timeline', password: 'correct-horse' } as const;

export interface SecureBroker {
  readonly broker: Broker;
  /** TLS alone, and TLS with SASL. */
  readonly tlsUrl: string;
  readonly saslUrl: string;
  /** Certificate of the broker, which signs for itself, and one of another. */
  readonly caFile: string;
  readonly strangersFile: string;
  stop(): Promise<void>;
}

const makeCertificate = async (folder: string, name: string): Promise<{ keystore: string; pem: string }> => {
  const keystore = join(folder, `${name}.p12`);
  const pem = join(folder, `${name}.pem`);
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-alias', name];
  const subject = ['-dname', `CN=${name}`, '-ext', 'SAN=IP:127.0.0.1,DNS:localhost', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', ...subject, ...store]);
  await run('keytool', ['-exportcert', '-rfc', '-file', pem, ...store]);
  return { keystore, pem };
};

/** A broker with a listener for TLS and one for TLS with PLAIN and SCRAM. */
export const startSecureBroker = async (): Promise<SecureBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-kafka-tls-'));
  const [own, strangers] = [await makeCertificate(folder, 'broker'), await makeCertificate(folder, 'stranger')];
  const [tlsPort, saslPort] = [await freePort(), await freePort()];
  const { username, password } = USER;
  const modules = 'org.apache.kafka.common.security';
  const broker = await startBroker({
    listeners: [
      { name: 'TLS', protocol: 'SSL', port: tlsPort },
      { name: 'PROVED', protocol: 'SASL_SSL', port: saslPort },
    ],
    properties: {
      'ssl.keystore.location': own.keystore,
      'ssl.keystore.password': STORE_PASSWORD,
      'ssl.keystore.type': 'PKCS12',
      'listener.name.proved.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.proved.plain.sasl.jaas.config': `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
      'listener.name.proved.scram-sha-256.sasl.jaas.config': `${modules}.scram.ScramLoginModule required;`,
      'listener.name.proved.scram-sha-512.sasl.jaas.config': `${modules}.scram.ScramLoginModule required;`,
    },
    formatArgs: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  });
  return {
    broker,
    tlsUrl: `kafka://localhost:${tlsPort}`,
    saslUrl: `kafka://127.0.0.1:${saslPort}`,
    caFile: own.pem,
    strangersFile: strangers.pem,
    stop: async () => {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
