import type { Bus } from '#bus';
import { checkTopics, createKafkaBus, provisionTopics, type BusSecurity } from '#engines';
import { collect, numbered } from '../support/kafka/numbered-messages.js';
import { startSecureBroker, USER, type SecureBroker } from '../support/kafka/secure-broker.js';
import { describeOnOwnBroker } from '../support/kafka/test-broker.js';

describeOnOwnBroker('Kafka over TLS and SASL', () => {
  let secure: SecureBroker;
  const buses: Bus[] = [];
  const topic = { name: 'contributions', partitions: 2, replication: 1, retentionHours: 1 };
  const opened = (busUrl: string, security: BusSecurity, publishWithin = 15_000): Bus => {
    const bus = createKafkaBus({ busUrl, clientId: 'tests', security, publishWithin });
    buses.push(bus);
    return bus;
  };
  const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

  beforeAll(async () => {
    secure = await startSecureBroker();
    await provisionTopics({ busUrl: secure.broker.url, clientId: 'tests', topics: [topic] });
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  afterAll(() => secure?.stop());

  const carries = async (busUrl: string, security: BusSecurity): Promise<void> => {
    const bus = opened(busUrl, security);
    const got = collect();
    const group = crypto.randomUUID();
    await bus.publish(topic.name, [numbered(group, 7)]);
    await bus.consume({ topic: topic.name, group, batchSize: 10, onBatch: got.onBatch });
    while (got.of(group).length === 0) await got.until(got.all.length + 1);
    expect(got.of(group)).toEqual([7]);
    await checkTopics({ busUrl, clientId: 'tests', security, topics: [topic] });
  };

  it('carries messages over TLS', () => carries(secure.tlsUrl, { tls: true, caFile: secure.caFile }));

  it.each(MECHANISMS)('carries messages for whoever proves himself by %s', (mechanism) =>
    carries(secure.saslUrl, { tls: true, caFile: secure.caFile, sasl: { mechanism, ...USER } }),
  );

  it.each(MECHANISMS)('takes nothing where the password of %s is wrong', async (mechanism) => {
    const sasl = { mechanism, username: USER.username, password: 'wrong' };
    const bus = opened(secure.saslUrl, { tls: true, caFile: secure.caFile, sasl }, 1500);
    await expect(bus.publish(topic.name, [numbered('k', 0)])).rejects.toMatchObject({ type: 'unavailable' });
  });

  it.each<[string, (broker: SecureBroker) => [string, BusSecurity]]>([
    ['to a broker that others sign for', ({ tlsUrl, strangersFile }) => [tlsUrl, { tls: true, caFile: strangersFile }]],
    ['to a broker that no known authority signs for', ({ tlsUrl }) => [tlsUrl, { tls: true }]],
    ['in the clear where TLS is asked for', ({ tlsUrl }) => [tlsUrl, { tls: false }]],
    ['over TLS where none is spoken', ({ broker, caFile }) => [broker.url, { tls: true, caFile }]],
    ['unproved where proof is asked for', ({ saslUrl, caFile }) => [saslUrl, { tls: true, caFile }]],
  ])('sends nothing %s', async (_, how) => {
    const bus = opened(...how(secure), 1500);
    await expect(bus.publish(topic.name, [numbered('k', 0)])).rejects.toMatchObject({ type: 'unavailable' });
  });

  it('says so when the file of authorities cannot be read', () => {
    expect(() => opened(secure.tlsUrl, { tls: true, caFile: '/nowhere/ca.pem' })).toThrow(
      'BUS_CA_FILE cannot be read.',
    );
  });
});
