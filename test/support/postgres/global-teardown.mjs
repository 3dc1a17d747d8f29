import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const mine = globalThis.sightlineTestPostgres;
  if (mine === undefined) return;
  await mine.server.stop();
  rmSync(mine.directory, { recursive: true, force: true });
}
