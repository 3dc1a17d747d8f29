import './typescript-imports.mjs';

/**
 * A process that opens the server of the folder that it is given, says so in a line of JSON, and lives on until it is
 * killed or its input ends.
 */
const { openEmbeddedPostgres } = await import('../../../libs/engines/src/postgres/embedded-server.ts');
const [directory, options = '{}'] = process.argv.slice(2);
try {
  const server = await openEmbeddedPostgres({ directory, log: () => undefined, ...JSON.parse(options) });
  process.stdout.write(`${JSON.stringify({ url: server.url('postgres', 'postgres') })}\n`);
  process.stdin.resume();
  process.stdin.on('end', () => void server.stop());
} catch (error) {
  process.stdout.write(`${JSON.stringify({ type: error.type, message: error.message })}\n`);
}
