import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TcpLine } from '../support/faults/tcp-line.js';

describe('a line that can be cut', () => {
  let server: Server;
  let line: TcpLine;
  let heard: string[];
  const open: Socket[] = [];

  /** Says what it heard in capitals. */
  beforeEach(async () => {
    heard = [];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        heard.push(data.toString());
        socket.write(data.toString().toUpperCase());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    line = new TcpLine(() => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }));
    await line.listen();
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await line.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const caller = (): { socket: Socket; answers: string[]; ended: () => boolean } => {
    const socket = connect(line.port, '127.0.0.1');
    open.push(socket);
    const answers: string[] = [];
    let over = false;
    socket.on('data', (data) => answers.push(data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (over = true));
    return { socket, answers, ended: () => over };
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await delay(2);
  };

  it('carries both ways', async () => {
    const { socket, answers } = caller();
    socket.write('one');
    await until(() => answers.join('') === 'ONE');
  });

  it('carries nothing while it is cut, tells nobody, and goes on where it stood', async () => {
    const { socket, answers, ended } = caller();
    socket.write('one');
    await until(() => answers.join('') === 'ONE');
    line.cut('both-ways');
    socket.write('two');
    const late = caller();
    late.socket.write('three');
    await delay(60);
    expect([heard, answers, late.answers, ended(), late.ended()]).toEqual([['one'], ['ONE'], [], false, false]);
    line.heal('goes-on');
    await until(() => answers.join('') === 'ONETWO' && late.answers.join('') === 'THREE');
  });

  it('carries questions and no answers when only those are cut', async () => {
    const { socket, answers } = caller();
    socket.write('one');
    await until(() => answers.join('') === 'ONE');
    line.cut('answers');
    socket.write('two');
    await until(() => heard.join('') === 'onetwo');
    await delay(40);
    expect(answers).toEqual(['ONE']);
    line.heal('goes-on');
    await until(() => answers.join('') === 'ONETWO');
  });

  it('breaks every connection where it heals so', async () => {
    const { socket, answers, ended } = caller();
    socket.write('one');
    await until(() => answers.join('') === 'ONE');
    line.cut('both-ways');
    line.heal('breaks');
    await until(ended);
    expect(line.connections).toBe(0);
  });

  it('ends with either end', async () => {
    const { socket, answers } = caller();
    socket.write('one');
    await until(() => answers.length > 0);
    socket.destroy();
    await until(() => line.connections === 0);
  });
});
