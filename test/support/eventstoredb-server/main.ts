import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startTestServer } from './server.js';

/**
 * `main.ts --port 2113 --data FOLDER`: the test server as a process, which may be killed at any moment. With
 * `--end-with-input` it ends when whoever started it is gone.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2113' },
    data: { type: 'string' },
    leader: { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-certificate': { type: 'string' },
    'end-with-input': { type: 'boolean', default: false },
  },
});
if (values.data === undefined) throw new Error('--data FOLDER is missing');
if (values['end-with-input']) {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}
const { 'tls-key': key, 'tls-certificate': certificate } = values;
process.stderr.write('For tests only: this stands in for an event store. It is no EventStoreDB.\n');
const { port } = await startTestServer({
  folder: values.data,
  port: Number(values.port),
  ...(values.leader ? { leader: values.leader } : {}),
  ...(key && certificate ? { tls: { key: readFileSync(key), certificate: readFileSync(certificate) } } : {}),
});
process.stdout.write(`${JSON.stringify({ port })}\n`);
