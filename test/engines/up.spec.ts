import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { freePort } from '../../tools/fleet/free-port.js';
import { APPS } from '../../tools/fleet/start-fleet.js';

const ROOT = process.cwd();

/** One run of a command that tells the story. */
class Telling {
  said = '';
  readonly report: string;
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(program: string, folder: string, port: number) {
    this.report = join(folder, 'report.json');
    const environment = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
    };
    this.child = spawn(process.execPath, [join(ROOT, program), '--exit', '--report', this.report], {
      cwd: ROOT,
      env: { ...environment, DATA_DIR: folder, HUB_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => (this.said += data.toString()));
    }
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Processes of the apps, by name, once they are told. */
  async processes(): Promise<Map<string, number>> {
    for (;;) {
      const line = /^Processes: (.*)$/m.exec(this.said)?.[1];
      if (line) {
        return new Map([...line.matchAll(/([a-z-]+-\d) \((\d+)\)/g)].map(([, name, pid]) => [name!, Number(pid)]));
      }
      if (this.child.exitCode !== null) throw new Error(this.said);
      await delay(50);
    }
  }

  async told(): Promise<StoryReport> {
    const code = await this.ended;
    if (code !== 0) throw new Error(this.said.slice(-2000));
    return { ...(JSON.parse(await readFile(this.report, 'utf8')) as StoryReport), recordedTime: '' };
  }
}

describe('npm run up', () => {
  const folders: string[] = [];
  const tell = async (program: string): Promise<Telling> => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-up-'));
    folders.push(folder);
    return new Telling(program, folder, await freePort());
  };
  let demo: StoryReport;

  beforeAll(async () => {
    demo = await (await tell('dist/apps/hub/src/demo/demo-main.js')).told();
  }, 120_000);
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  it('says what the demonstration says, from every app as a process, each of them killed once while records flow', async () => {
    const up = await tell('dist/tools/fleet/up-main.js');
    const processes = await up.processes();
    const names = [...processes.keys()];
    expect(new Set(names.map((name) => name.replace(/-\d$/, '')))).toEqual(new Set(APPS));
    expect(names).toEqual(expect.arrayContaining(['timeline-2', 'sharing-2']));
    const killed: string[] = [];
    let over = false;
    const ended = up.ended.then(() => (over = true));
    for (const [name, pid] of processes) {
      if (over) break;
      process.kill(pid, 'SIGKILL');
      killed.push(name);
      await Promise.race([ended, delay(400)]);
    }
    expect(await up.told()).toEqual(demo);
    // Killed after everything was told would prove nothing.
    expect(killed.length).toBeGreaterThanOrEqual(APPS.length);
  }, 240_000);
});
