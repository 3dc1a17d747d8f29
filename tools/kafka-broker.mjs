/**
 * A real Kafka broker of one node, for development and tests: Apache Kafka's own jars, fetched by Maven into a cache
 * folder outside the repository, run on Java 17 or later. It listens on this machine only.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync, closeSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KAFKA_VERSION = '4.1.0';
const LEAST_JAVA = 17;
const HOST = '127.0.0.1';
const ABSENT = `Kafka needs Java ${LEAST_JAVA} or later and Maven here; without them set BUS_URL to a broker elsewhere.`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sightline');
const jarFolder = () => join(cacheFolder(), `kafka-${KAFKA_VERSION}`);

const succeeds = async (command, args) => {
  try {
    await run(command, args);
    return true;
  } catch {
    return false;
  }
};

const hasJava = async () => {
  try {
    const { stdout, stderr } = await run('java', ['-version']);
    return Number(/version "(\d+)/.exec(stdout + stderr)?.[1]) >= LEAST_JAVA;
  } catch {
    return false;
  }
};

/** Undefined where a broker can be started here; else a sentence that says what to do. */
export const whyNoBroker = async () => {
  if (!(await hasJava())) return ABSENT;
  return existsSync(jarFolder()) || (await succeeds('mvn', ['-version'])) ? undefined : ABSENT;
};

export const brokerAvailable = async () => (await whyNoBroker()) === undefined;

/** The folder of jars. Fetched once: into a folder beside it, which then takes its name, so that callers may race. */
const fetchJars = async () => {
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(join(cacheFolder(), 'fetching-'));
  try {
    const jars = join(draft, 'jars');
    await writeFile(join(draft, 'pom.xml'), POM);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
    await run('mvn', ['-q', '-B', '-f', join(draft, 'pom.xml'), ...goal], { maxBuffer: 64 * 1024 * 1024 });
    await rename(jars, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    throw new Error(`Maven did not fetch the jars of Kafka: ${(error.stdout || error.message).slice(0, 500)}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
};

/** Below the ports of outgoing connections: a broker that is started again finds its own port free. */
const PORTS = { first: 10_240, last: 32_767 };

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });

export const freePort = async () => {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first + 1));
    if (await isFree(port)) return port;
  }
};

const addressesOf = (listeners) => listeners.map(({ name, port }) => `${name}://${HOST}:${port}`).join(',');

/** Every setting of the broker; `properties` come last and win. */
const settingsOf = ({ port, controllerPort, logs, listeners, properties }) => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
  listeners: addressesOf([...listeners, { name: 'PLAINTEXT', port }, { name: 'CONTROLLER', port: controllerPort }]),
  'advertised.listeners': addressesOf([...listeners, { name: 'PLAINTEXT', port }]),
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'listener.security.protocol.map': [
    ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
    'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  ].join(','),
  'log.dirs': logs,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
  'auto.create.topics.enable': false,
  ...properties,
});

const textOf = (settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Whether a process of this number runs this very broker: numbers are used again. */
export const isBrokerProcess = async (pid, dataDir) => {
  if (!isAlive(pid)) return false;
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    return stdout.includes(dataDir);
  } catch {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(dataDir);
  }
};

/** Sends a signal and waits until the process has ended; after `withinMs` it is killed. */
export const endProcess = async (pid, signal = 'SIGTERM', withinMs = 20_000) => {
  const deadline = Date.now() + withinMs;
  if (isAlive(pid)) process.kill(pid, signal);
  for (let killed = false; isAlive(pid); await delay(20)) {
    if (killed || Date.now() < deadline) continue;
    killed = true;
    process.kill(pid, 'SIGKILL');
  }
};

/** A metadata request, version 1, that asks for no topic. */
const ASK = Buffer.from('00000010000300010000000100025f5f00000000', 'hex');

/** Whether the broker lists a broker that may be used: itself. */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ host: HOST, port }, () => socket.write(ASK));
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    let got = Buffer.alloc(0);
    socket.setTimeout(2000, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => resolve(false));
    socket.on('data', (data) => {
      got = Buffer.concat([got, data]);
      if (got.length >= 12) settle(got.readInt32BE(8) > 0);
    });
  });

const untilAnswers = async (port, ended, withinMs) => {
  const deadline = Date.now() + withinMs;
  while (!(await answers(port))) {
    if (ended()) throw new Error('The broker ended before it answered');
    if (Date.now() > deadline) throw new Error(`The broker did not answer within ${withinMs / 1000} s`);
    await delay(100);
  }
};

/**
 * Starts a broker and waits until it answers.
 *
 * Without `dataDir` the data lie in a new temporary folder, which `stop` removes. `listeners` stand
 * beside the plain one; `properties` are settings of `server.properties`; `formatArgs` go to `kafka-storage format` (SCRAM users). The broker ends with this process, even
 * at `kill -9` where `setpriv` exists, unless `outlives`.
 */
export const startBroker = async ({
  port: askedPort,
  dataDir: askedDir,
  listeners = [],
  properties = {},
  formatArgs = [],
  outlives = false,
} = {}) => {
  const absent = await whyNoBroker();
  if (absent) throw new Error(absent);
  const classPath = join(await fetchJars(), '*');
  const dataDir = askedDir ?? (await mkdtemp(join(tmpdir(), 'sightline-kafka-')));
  const port = askedPort ?? (await freePort());
  const file = join(dataDir, 'server.properties');
  const logs = join(dataDir, 'logs');
  await mkdir(dataDir, { recursive: true });
  const settings = settingsOf({ port, controllerPort: await freePort(), logs, listeners, properties });
  await writeFile(file, textOf(settings), { mode: 0o600 });
  if (!existsSync(join(logs, 'meta.properties'))) {
    const id = randomBytes(16).toString('base64url').replace(/^-/, 'A');
    await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', file, ...formatArgs]);
  }

  const java = [
    'java',
    '-Xmx512m',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    ...['-cp', classPath, 'kafka.Kafka', file],
  ];
  const withParent = !outlives && process.platform === 'linux' && (await succeeds('setpriv', ['--version']));
  const [command, ...args] = withParent ? ['setpriv', '--pdeathsig', 'KILL', ...java] : java;

  let child;
  let exited = Promise.resolve();
  const launch = async () => {
    const log = openSync(join(dataDir, 'broker.log'), 'a');
    child = spawn(command, args, { stdio: ['ignore', log, log], detached: outlives });
    closeSync(log);
    let over = false;
    exited = new Promise((resolve) => {
      for (const event of ['exit', 'error']) child.once(event, () => resolve((over = true)));
    });
    child.unref();
    try {
      await untilAnswers(port, () => over, 60_000);
    } catch (error) {
      child.kill('SIGKILL');
      const said = (await readFile(join(dataDir, 'broker.log'), 'utf8').catch(() => '')).slice(-2000);
      throw new Error(`${error.message}: ${said}`, { cause: error });
    }
  };

  const endWithUs = () => void (outlives || child?.kill('SIGKILL'));
  process.once('exit', endWithUs);
  const end = async (signal) => {
    const { pid } = child;
    // A process that was stopped takes no other signal than SIGKILL until it goes on.
    if (signal !== 'SIGKILL' && isAlive(pid)) process.kill(pid, 'SIGCONT');
    await Promise.all([endProcess(pid, signal), exited]);
  };
  const broker = {
    url: `kafka://${HOST}:${port}`,
    port,
    dataDir,
    get pid() {
      return child.pid;
    },
    kill: async (signal = 'SIGKILL') => {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await end(signal);
      else process.kill(child.pid, signal);
    },
    restart: async () => {
      await end('SIGTERM');
      await launch();
    },
    stop: async () => {
      await end('SIGTERM');
      process.removeListener('exit', endWithUs);
      if (!askedDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await launch();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
};
