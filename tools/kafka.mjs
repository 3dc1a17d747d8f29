/** `npm run kafka -- start|stop`: a real broker of one node for development. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { endProcess, isBrokerProcess, startBroker, whyNoBroker } from './kafka-broker.mjs';

const USAGE = 'npm run -s kafka -- start|stop   a Kafka broker on this machine (Java 17 and Maven)';
const STATE = join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sightline', 'kafka.json');

const say = (line) => process.stdout.write(`${line}\n`);
const refuse = (line) => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
};

/** What an earlier `start` left running, if it still is. */
const running = async () => {
  try {
    const state = JSON.parse(await readFile(STATE, 'utf8'));
    return (await isBrokerProcess(state.pid, state.dataDir)) ? state : undefined;
  } catch {
    return undefined;
  }
};

const start = async () => {
  const already = await running();
  if (already) return say(`BUS_URL=${already.url}`);
  const absent = await whyNoBroker();
  if (absent) return refuse(absent);
  const { url, pid, dataDir } = await startBroker({ outlives: true });
  await mkdir(dirname(STATE), { recursive: true });
  await writeFile(STATE, JSON.stringify({ url, pid, dataDir }));
  return say(`BUS_URL=${url}`);
};

const stop = async () => {
  const state = await running();
  if (!state) return say('No broker that was started here is running.');
  await endProcess(state.pid);
  await rm(state.dataDir, { recursive: true, force: true });
  await rm(STATE, { force: true });
  return say(`The broker at ${state.url} has ended and its data are gone.`);
};

const commands = { start, stop };
const command = process.argv.length === 3 ? commands[process.argv[2]] : undefined;
if (!command) refuse(USAGE);
else await command().catch((error) => refuse(error.message));
