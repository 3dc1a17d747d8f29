import { provisionTopics } from '#engines';
import { CONTRIBUTIONS_TOPIC } from '#intake';
import { configurationOf, stop } from './command.js';

const configuration = configurationOf();
if (configuration.busUrl.startsWith('embedded:')) stop('The bus is inside the process and has no topics to make.');
try {
  const topics = await provisionTopics({
    busUrl: configuration.busUrl,
    clientId: 'topics',
    security: configuration.busSecurity,
    topics: [{ name: CONTRIBUTIONS_TOPIC, ...configuration.busTopics }],
  });
  for (const { name, created } of topics) {
    process.stdout.write(created ? `Topic ${name} is made.\n` : `Topic ${name} is there, and as it should be.\n`);
  }
} catch (error) {
  stop((error as Error).message);
}
